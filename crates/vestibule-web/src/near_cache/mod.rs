//! Sessions that this node read lately, kept at hand over a store that other nodes share.
//!
//! A request finds its session here without a call to the store. What the store's log tells of other nodes (an end, a
//! logout, new data) is obeyed as soon as it arrives, typically within milliseconds. How stale an answer can be has a bound
//! that needs nobody to be in time: a request asks how long ago the log was last known to be read to its end, and beyond
//! [`BOUND`] it asks the store itself. A process that was paused therefore wakes up safe, and a node that is cut off from
//! the store answers as if there were no cache.
//!
//! What this node does itself (logout, end, new data) takes effect here at once, also when the store's reply is lost.
//!
//! Not kept: that there is *no* session under a key, and anything that another verb than
//! [`load`](crate::store::SessionStore::load) and [`is_covered`](crate::store::SessionStore::is_covered) answers.

mod builder;
mod channel;
mod counts;
mod coverage;
mod gate;
mod node_time;
mod sessions;
mod store;
mod strikes;
mod tail;
mod weight;

use std::{
    collections::HashMap,
    fmt,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

pub use builder::NearCacheBuilder;

use crate::store::{Realm, Retention, SessionStore, StoreBackend};

use self::{builder::Settings, store::NearStore};

/// How stale an answer can be at most: an end that another node was told of is obeyed here before that has passed.
pub const BOUND: Duration = Duration::from_secs(1);

/// A store with what this node read lately in front of it. Clones share both.
///
/// ```
/// use vestibule_web::{MemoryStore, NearCache};
///
/// // In place of the store in memory: one that several nodes share.
/// let store = NearCache::over(MemoryStore::new());
/// let small = NearCache::builder(MemoryStore::new()).max_sessions(10_000).build();
/// ```
#[derive(Clone)]
pub struct NearCache(Arc<Inner>);

struct Inner {
    backend: Box<dyn StoreBackend>,
    settings: Settings,
    stores: Mutex<HashMap<Realm, Arc<NearStore>>>,
}

impl NearCache {
    /// A cache with the default bounds over `store`.
    pub fn over(store: impl StoreBackend) -> Self {
        Self::builder(store).build()
    }

    /// A cache with other bounds over `store`.
    pub fn builder(store: impl StoreBackend) -> NearCacheBuilder {
        NearCacheBuilder::new(Box::new(store))
    }

    fn with(backend: Box<dyn StoreBackend>, settings: Settings) -> Self {
        Self(Arc::new(Inner { backend, settings, stores: Mutex::default() }))
    }
}

impl StoreBackend for NearCache {
    fn open(&self, realm: &Realm, retention: Retention) -> Arc<dyn SessionStore> {
        let Inner { backend, settings, stores } = &*self.0;
        let store = backend.open(realm, retention);
        let mut stores = stores.lock().unwrap_or_else(PoisonError::into_inner);
        let near = stores.entry(realm.clone()).or_insert_with(|| NearStore::new(store, settings));
        near.retain(retention);
        Arc::clone(near) as Arc<dyn SessionStore>
    }
}

impl fmt::Debug for NearCache {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NearCache").field("over", &self.0.backend).finish_non_exhaustive()
    }
}
