use std::{env, process::Command, sync::Arc};

use anyhow::{Context as _, Result, bail};
use vestibule::{ClientSecret, Clock, testing::SeededRandom};
use vestibule_redis::RedisStore;
use vestibule_sql::{PostgresStore, SqliteStore};
use vestibule_web::{CookieKeys, NearCache, store::StoreBackend};

/// What a node is told by its environment.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Where the provider is.
    pub issuer: String,
    /// The application's name there.
    pub client_id: String,
    /// And its secret.
    pub client_secret: String,
    /// The origin that browsers see, on every node.
    pub base_url: String,
    /// Host and port of this node.
    pub listen: String,
    /// The engine under the sessions.
    pub store: String,
    /// Whether a near cache stands before it.
    pub near_cache: bool,
    /// The folder of its journal, or nothing.
    pub journal: String,
    /// By how many seconds its clock is ahead.
    pub ahead: u64,
}

impl Settings {
    const NAMES: [&str; 9] = [
        "ISSUER",
        "CLIENT_ID",
        "CLIENT_SECRET",
        "BASE_URL",
        "LISTEN",
        "STORE",
        "NEAR_CACHE",
        "JOURNAL",
        "AHEAD",
    ];

    /// Reads the environment.
    ///
    /// # Errors
    /// When a variable is missing.
    pub fn from_env() -> Result<Self> {
        let [issuer, client_id, client_secret, base_url, listen, store, near_cache, journal, ahead] =
            Self::NAMES.map(|name| env::var(name).with_context(|| format!("{name} is not set")));
        Ok(Self {
            issuer: issuer?,
            client_id: client_id?,
            client_secret: client_secret?,
            base_url: base_url?,
            listen: listen?,
            store: store?,
            near_cache: near_cache?.parse()?,
            journal: journal?,
            ahead: ahead?.parse()?,
        })
    }

    /// Tells a process.
    pub fn tell(&self, command: &mut Command) {
        let values = [
            &self.issuer,
            &self.client_id,
            &self.client_secret,
            &self.base_url,
            &self.listen,
            &self.store,
            &self.near_cache.to_string(),
            &self.journal,
            &self.ahead.to_string(),
        ];
        command.envs(Self::NAMES.into_iter().zip(values));
    }

    pub(super) fn secret(&self) -> ClientSecret {
        ClientSecret::new(&self.client_secret)
    }

    /// The same on every node.
    pub(super) fn cookie_keys() -> Result<CookieKeys> {
        Ok(CookieKeys::generate(&SeededRandom::new(7))?)
    }

    pub(super) fn backend(&self, clock: Arc<dyn Clock>) -> Result<Arc<dyn StoreBackend>> {
        let scheme = self.store.split(':').next().unwrap_or_default();
        let engine: Arc<dyn StoreBackend> = match scheme {
            "redis" => Arc::new(RedisStore::new(&self.store)?),
            "postgres" => Arc::new(PostgresStore::new(&self.store)?),
            "sqlite" => Arc::new(SqliteStore::builder(&self.store).clock(clock).build()?),
            _ => bail!("no engine for {scheme}"),
        };
        Ok(if self.near_cache { Arc::new(NearCache::over(engine)) } else { engine })
    }
}
