//! Sessions on real engines, which are started here and end with this.

mod peer;
mod size;

use std::{fmt, sync::Arc};

use anyhow::Result;
use engines::{Postgres, redis::Redis};
use vestibule_redis::RedisStore;
use vestibule_sql::{PostgresStore, SqliteStore};
use vestibule_web::{NearCache, store::StoreBackend};

pub use peer::TowerSessions;

/// The engines, running.
#[derive(Debug)]
pub struct Engines {
    redis: Redis,
    postgres: Postgres,
    folder: tempfile::TempDir,
}

/// Where sessions are kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// On Redis.
    Redis,
    /// On PostgreSQL.
    Postgres,
    /// In a file.
    Sqlite,
}

impl Kind {
    /// Those that are worth a near cache: the others are near.
    pub const REMOTE: [Self; 2] = [Self::Redis, Self::Postgres];
    /// All that are outside of the process's memory.
    pub const ENGINES: [Self; 3] = [Self::Redis, Self::Postgres, Self::Sqlite];
}

impl Engines {
    /// Starts them.
    ///
    /// # Errors
    /// When one is not installed.
    pub async fn start() -> Result<Self> {
        Ok(Self {
            redis: Redis::start().await?,
            postgres: Postgres::start().await?,
            folder: tempfile::tempdir()?,
        })
    }

    /// A store with connections of its own; `name` tells apart those on the same engine.
    ///
    /// # Errors
    /// When it cannot be described.
    pub fn store(&self, kind: Kind, name: &str) -> Result<Arc<dyn StoreBackend>> {
        Ok(match kind {
            Kind::Redis => Arc::new(RedisStore::builder(&self.redis.url()).prefix(name).build()?),
            Kind::Postgres => {
                self.postgres.run(&format!("CREATE DATABASE {name}"))?;
                Arc::new(PostgresStore::new(&self.postgres.url_of(name))?)
            }
            Kind::Sqlite => Arc::new(SqliteStore::open(self.folder.path().join(format!("{name}.db")))?),
        })
    }

    /// The same behind a near cache.
    ///
    /// # Errors
    /// As [`store`](Self::store).
    pub fn near(&self, kind: Kind, name: &str) -> Result<NearCache> {
        Ok(NearCache::over(self.store(kind, name)?))
    }

    /// Where Redis listens.
    pub fn redis_url(&self) -> String {
        self.redis.url()
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Redis => "Redis",
            Self::Postgres => "PostgreSQL",
            Self::Sqlite => "SQLite",
        })
    }
}
