//! Sessions on real engines, which are started here and end with this.

mod figures;
mod fill;
mod pages;
mod peer;
mod revocations;
mod sizes;
mod statements;

use std::{fmt, path::PathBuf, sync::Arc};

use anyhow::{Result, bail};
use engines::{Postgres, redis::Redis};
use vestibule_redis::RedisStore;
use vestibule_sql::{PostgresStore, SqliteStore};
use vestibule_web::{MemoryStore, NearCache, store::StoreBackend};

use crate::server::Server;

pub use peer::TowerSessions;
pub use sizes::{NEAR, near};

/// Which tables there are.
pub const PARTS: [&str; 3] = ["pages", "revoke", "size"];

/// Prints these tables, or all of them.
///
/// # Errors
/// When there is no such table, or an engine does not do what it is asked for.
pub fn tables(asked: &[&str]) -> Result<()> {
    // The engines' own connections live on it.
    let server = Server::start()?;
    let engines = server.block_on(Engines::start())?;
    for part in if asked.is_empty() { &PARTS[..] } else { asked } {
        match *part {
            "pages" => pages::table(&server, &engines)?,
            "revoke" => revocations::table(&server, &engines)?,
            "size" => sizes::table(&server, &engines)?,
            other => bail!("no table of engines is called {other}: there are {}", PARTS.join(", ")),
        }
    }
    Ok(())
}

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
    /// In this process.
    Memory,
    /// In a file.
    Sqlite,
    /// On Redis.
    Redis,
    /// On PostgreSQL.
    Postgres,
}

impl Kind {
    /// Every one.
    pub const ALL: [Self; 4] = [Self::Memory, Self::Sqlite, Self::Redis, Self::Postgres];
    /// Those that are worth a near cache: the others are near.
    pub const REMOTE: [Self; 2] = [Self::Redis, Self::Postgres];
    /// All that are outside of the process's memory.
    pub const ENGINES: [Self; 3] = [Self::Sqlite, Self::Redis, Self::Postgres];

    const fn is_sql(self) -> bool {
        matches!(self, Self::Sqlite | Self::Postgres)
    }
}

impl Engines {
    /// Starts them.
    ///
    /// # Errors
    /// When one is not installed.
    pub async fn start() -> Result<Self> {
        Ok(Self {
            redis: Redis::start().await?,
            // Several stores at a time, of ten connections each.
            postgres: Postgres::start_with("max_connections = 100").await?,
            folder: tempfile::tempdir()?,
        })
    }

    /// A store with connections of its own; `name` tells apart those on the same engine.
    ///
    /// # Errors
    /// When it cannot be described.
    pub fn store(&self, kind: Kind, name: &str) -> Result<Arc<dyn StoreBackend>> {
        Ok(match kind {
            Kind::Memory => Arc::new(MemoryStore::builder().max_sessions(ROOM).build()),
            Kind::Sqlite => Arc::new(SqliteStore::open(self.file(name))?),
            Kind::Redis => Arc::new(RedisStore::builder(&self.redis.url()).prefix(name).build()?),
            Kind::Postgres => {
                self.postgres.run(&format!("CREATE DATABASE {name}"))?;
                Arc::new(PostgresStore::new(&self.postgres.url_of(name))?)
            }
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

    /// Deletes all that an engine keeps under a name; Redis, all that it keeps.
    ///
    /// # Errors
    /// When it does not.
    pub fn clear(&self, kind: Kind, name: &str) -> Result<()> {
        match kind {
            Kind::Memory => {}
            Kind::Sqlite => std::fs::remove_file(self.file(name))?,
            Kind::Redis => drop(self.redis.run(&["FLUSHALL"])?),
            Kind::Postgres => drop(self.postgres.run(&format!("DROP DATABASE {name} WITH (FORCE)"))?),
        }
        Ok(())
    }

    fn file(&self, name: &str) -> PathBuf {
        self.folder.path().join(name).with_extension("db")
    }
}

/// More sessions than any table has.
const ROOM: usize = 2_000_000;

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Memory => "memory",
            Self::Sqlite => "SQLite",
            Self::Redis => "Redis",
            Self::Postgres => "PostgreSQL",
        })
    }
}
