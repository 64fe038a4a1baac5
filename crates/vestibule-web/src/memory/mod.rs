//! The session store in this process's memory: for one node, for development and for tests.
//!
//! It keeps every promise of [`store`](crate::store), and forgets everything when the process ends: sessions that
//! other nodes must see, or that must outlive a restart, belong in a shared engine.
//!
//! Sessions of different realms lie apart, under a lock each. A request takes that lock for reading; a logout costs
//! the same however many sessions it strikes. Nothing grows without bound, and nothing that matters is evicted: a
//! full store refuses with [`StoreError::Full`](crate::store::StoreError::Full). Deleting what has ended is left to
//! [`reap`](crate::store::SessionStore::reap), which works in short batches, and to logins that find the store full.

mod builder;
#[cfg(test)]
mod constant_cost;
mod cutoffs;
mod deadlines;
mod index;
mod ledger;
mod log;
mod reap;
mod records;
mod sessions;
mod shard;
mod spent;
mod struck;

use std::{
    collections::HashMap,
    fmt,
    sync::{Arc, Mutex, PoisonError},
};

pub use builder::MemoryStoreBuilder;

use crate::store::{Realm, Retention, SessionStore, StoreBackend, StoreClock};

use self::{builder::Limits, shard::Shard};

/// Keeps sessions in this process's memory. Clones share them.
///
/// ```
/// use vestibule_web::memory::MemoryStore;
///
/// let store = MemoryStore::new();
/// let small = MemoryStore::builder().max_sessions(10_000).build();
/// ```
#[derive(Clone)]
pub struct MemoryStore(Arc<Realms>);

struct Realms {
    clock: Arc<StoreClock>,
    limits: Limits,
    shards: Mutex<HashMap<Realm, Arc<Shard>>>,
}

impl MemoryStore {
    /// A store with the default bounds, on the machine's clock.
    pub fn new() -> Self {
        Self::builder().build()
    }

    /// A store with other bounds or another clock.
    pub fn builder() -> MemoryStoreBuilder {
        MemoryStoreBuilder::default()
    }

    fn with(clock: StoreClock, limits: Limits) -> Self {
        Self(Arc::new(Realms { clock: Arc::new(clock), limits, shards: Mutex::default() }))
    }
}

impl Default for MemoryStore {
    fn default() -> Self {
        Self::new()
    }
}

impl StoreBackend for MemoryStore {
    fn open(&self, realm: &Realm, retention: Retention) -> Arc<dyn SessionStore> {
        let Realms { clock, limits, shards } = &*self.0;
        let mut shards = shards.lock().unwrap_or_else(PoisonError::into_inner);
        let shard = shards
            .entry(realm.clone())
            .or_insert_with(|| Arc::new(Shard::new(Arc::clone(clock), *limits, retention)));
        shard.retain(retention);
        Arc::clone(shard) as Arc<dyn SessionStore>
    }
}

impl fmt::Debug for MemoryStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MemoryStore").field("limits", &self.0.limits).finish_non_exhaustive()
    }
}
