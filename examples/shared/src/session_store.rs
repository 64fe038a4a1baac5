use std::{fmt, sync::Arc};

use vestibule_redis::{RedisConfigError, RedisStore};
use vestibule_sql::{PostgresStore, SqlConfigError, SqliteStore};
use vestibule_web::{
    MemoryStore, NearCache,
    store::{Realm, Retention, SessionStore as Sessions, StoreBackend},
};

/// Where sessions rest, chosen by URL.
///
/// Over a network, a near cache stands before the engine.
#[derive(Clone)]
pub struct SessionStore {
    engine: Engine,
    backend: Arc<dyn StoreBackend>,
}

/// What keeps the sessions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Engine {
    /// This process, as long as it runs.
    Memory,
    /// A file on this machine.
    Sqlite,
    /// Redis or Valkey.
    Redis,
    /// PostgreSQL.
    Postgres,
}

/// A store that cannot be chosen. None of these repeats the URL, which may hold a password.
#[derive(Debug, thiserror::Error)]
pub enum SessionStoreError {
    /// No engine has such a URL.
    #[error("give memory:, sqlite:PATH, redis://HOST, rediss://HOST or postgres://HOST/DATABASE")]
    Unknown,
    /// Redis cannot be reached like this.
    #[error(transparent)]
    Redis(#[from] RedisConfigError),
    /// Nor can PostgreSQL, or a file of SQLite.
    #[error(transparent)]
    Sql(#[from] SqlConfigError),
}

impl SessionStore {
    /// The store at `url`: `memory:`, `sqlite:sessions.db`, `redis://…`, `rediss://…` or `postgres://…`. Nothing is
    /// reached yet.
    ///
    /// # Errors
    /// When the URL is none of these.
    pub fn at(url: &str) -> Result<Self, SessionStoreError> {
        let scheme = url.split_once(':').map_or("", |(scheme, _)| scheme);
        Ok(match scheme {
            "memory" => Self::memory(),
            "sqlite" => Self::of(Engine::Sqlite, SqliteStore::new(url)?),
            "redis" | "rediss" | "redis+sentinel" | "rediss+sentinel" => {
                Self::of(Engine::Redis, NearCache::over(RedisStore::new(url)?))
            }
            "postgres" | "postgresql" => {
                Self::of(Engine::Postgres, NearCache::over(PostgresStore::new(url)?))
            }
            _ => return Err(SessionStoreError::Unknown),
        })
    }

    /// In the memory of this process, for one node.
    pub fn memory() -> Self {
        Self::of(Engine::Memory, MemoryStore::new())
    }

    fn of(engine: Engine, backend: impl StoreBackend) -> Self {
        Self { engine, backend: Arc::new(backend) }
    }

    /// What keeps the sessions.
    pub fn engine(&self) -> Engine {
        self.engine
    }
}

impl Engine {
    /// Whether sessions outlive the process.
    pub fn is_durable(self) -> bool {
        self != Self::Memory
    }

    /// Whether a near cache stands before it: another node's logout takes a moment to get here then.
    pub fn is_cached(self) -> bool {
        matches!(self, Self::Redis | Self::Postgres)
    }
}

impl StoreBackend for SessionStore {
    fn open(&self, realm: &Realm, retention: Retention) -> Arc<dyn Sessions> {
        self.backend.open(realm, retention)
    }
}

impl fmt::Display for Engine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Memory => "memory",
            Self::Sqlite => "SQLite",
            Self::Redis => "Redis",
            Self::Postgres => "PostgreSQL",
        })
    }
}

impl fmt::Debug for SessionStore {
    /// Without the URL, which may hold a password.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SessionStore").field("engine", &self.engine).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_scheme_chooses_the_engine() {
        for (url, engine) in [
            ("memory:", Engine::Memory),
            ("sqlite::memory:", Engine::Sqlite),
            ("redis://127.0.0.1:1", Engine::Redis),
            ("rediss://127.0.0.1:1", Engine::Redis),
            ("postgres://127.0.0.1:1/sessions", Engine::Postgres),
            ("postgresql://127.0.0.1:1/sessions", Engine::Postgres),
        ] {
            assert_eq!(SessionStore::at(url).unwrap().engine(), engine, "{url}");
        }
    }

    #[tokio::test]
    async fn no_error_repeats_a_password() {
        for url in [
            "redis:canary",
            "redis://:canary@[",
            "redis://:canary@host:notaport",
            "postgres://alice:canary@[",
            "postgres://alice:canary@host:notaport/x",
            "mysql://alice:canary@host",
            "canary",
            "",
        ] {
            let error = SessionStore::at(url).unwrap_err();
            let told = format!("{error} {error:?}");
            assert!(!told.contains("canary"), "{told}");
        }
        let store = SessionStore::at("redis://:canary@127.0.0.1:1").unwrap();
        assert!(!format!("{store:?}").contains("canary"));
    }
}
