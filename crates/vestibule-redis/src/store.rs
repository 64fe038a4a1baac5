use std::{
    collections::HashMap,
    fmt,
    sync::{Arc, Mutex, PoisonError},
};

use vestibule::Clock;
use vestibule_web::store::{Realm, Retention, SessionStore, StoreBackend};

use crate::{Durability, RedisConfigError, RedisStoreBuilder, keys::Keys, link::Link, sessions::Sessions};

/// Keeps sessions on a Redis or Valkey server. Clones share its connections.
///
/// ```no_run
/// use vestibule_redis::RedisStore;
///
/// # fn main() -> Result<(), vestibule_redis::RedisConfigError> {
/// let store = RedisStore::new("rediss://app:secret@sessions.internal:6380/0")?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct RedisStore(Arc<Shared>);

struct Shared {
    link: Arc<Link>,
    settings: Arc<Settings>,
    realms: Mutex<HashMap<Realm, Arc<Sessions>>>,
}

/// What all realms of a store have in common.
#[derive(Debug)]
pub(crate) struct Settings {
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) prefix: String,
    pub(crate) durability: Durability,
    pub(crate) log_length: usize,
}

impl RedisStore {
    /// The store at a `redis://` or `rediss://` URL (`redis://[user:password@]host[:port][/database]`), with the defaults
    /// of the builder. Connects when it is first needed.
    ///
    /// # Errors
    ///
    /// [`RedisConfigError::Url`] when it is no such URL, or one that asks for TLS without verification.
    pub fn new(url: &str) -> Result<Self, RedisConfigError> {
        Self::builder(url).build()
    }

    /// A store with other settings, or behind Sentinels or a cluster.
    pub fn builder(url: &str) -> RedisStoreBuilder {
        RedisStoreBuilder::new(url)
    }

    pub(crate) fn over(link: Link, settings: Settings) -> Self {
        let (link, settings) = (Arc::new(link), Arc::new(settings));
        Self(Arc::new(Shared { link, settings, realms: Mutex::default() }))
    }
}

impl StoreBackend for RedisStore {
    fn open(&self, realm: &Realm, retention: Retention) -> Arc<dyn SessionStore> {
        let Shared { link, settings, realms } = &*self.0;
        let mut realms = realms.lock().unwrap_or_else(PoisonError::into_inner);
        let sessions = realms.entry(realm.clone()).or_insert_with(|| {
            let keys = Keys::new(&settings.prefix, realm);
            Arc::new(Sessions::new(Arc::clone(link), Arc::clone(settings), keys))
        });
        sessions.retain(retention);
        Arc::clone(sessions) as Arc<dyn SessionStore>
    }
}

impl fmt::Debug for RedisStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RedisStore").field("settings", &self.0.settings).finish_non_exhaustive()
    }
}
