use std::{
    sync::atomic::{AtomicUsize, Ordering},
    time::Duration,
};

use anyhow::{Result, bail};
use engines::{postgres::Postgres, redis::Redis};
use tempfile::TempDir;

/// The engine under the nodes.
pub(super) enum Ground {
    Redis(Redis),
    Postgres(Postgres),
    Sqlite(TempDir, AtomicUsize),
}

/// Moves the time of every application on the server.
const MOVE: &str = "for _, meta in ipairs(redis.call('KEYS', '*:meta')) do
  redis.call('HINCRBY', meta, 'offset', ARGV[1])
end";

impl Ground {
    pub(super) async fn start(engine: &str) -> Result<Self> {
        Ok(match engine {
            "redis" => Self::Redis(Redis::start().await?),
            "postgres" => Self::Postgres(Postgres::start().await?),
            "sqlite" => Self::Sqlite(tempfile::tempdir()?, AtomicUsize::new(0)),
            _ => bail!("no engine is called {engine}"),
        })
    }

    /// One that waits for its disk, as in production.
    pub(super) async fn start_durable(engine: &str) -> Result<Self> {
        Ok(match engine {
            "redis" => Self::Redis(Redis::start_durable().await?),
            "postgres" => Self::Postgres(Postgres::start_with("").await?),
            _ => bail!("no engine is called {engine}"),
        })
    }

    /// Stops it in mid-work (SIGSTOP). A file has nothing that could be stopped.
    pub(super) fn pause(&self) {
        match self {
            Self::Redis(redis) => redis.pause(),
            Self::Postgres(postgres) => postgres.pause(),
            Self::Sqlite(..) => {}
        }
    }

    /// Lets it go on.
    pub(super) fn resume(&self) {
        match self {
            Self::Redis(redis) => redis.resume(),
            Self::Postgres(postgres) => postgres.resume(),
            Self::Sqlite(..) => {}
        }
    }

    /// Where the nodes of one company find it. Each has a file of its own, as each has its own time.
    pub(super) fn url(&self) -> String {
        match self {
            Self::Redis(redis) => redis.url(),
            Self::Postgres(postgres) => postgres.url(),
            Self::Sqlite(folder, files) => {
                let file = format!("{}.db", files.fetch_add(1, Ordering::Relaxed));
                format!("sqlite:{}", folder.path().join(file).display())
            }
        }
    }

    /// Whether it may be asked over a network.
    pub(super) fn is_shared(&self) -> bool {
        !matches!(self, Self::Sqlite(..))
    }

    /// Lets time pass on its clock. `false`: it has none of its own.
    pub(super) fn advance(&self, span: Duration) -> Result<bool> {
        let milliseconds = span.as_millis();
        match self {
            Self::Redis(redis) => drop(redis.run(&["EVAL", MOVE, "0", &milliseconds.to_string()])?),
            Self::Postgres(postgres) => {
                let sql = format!("UPDATE vestibule_store SET clock_offset = clock_offset + {milliseconds}");
                drop(postgres.run(&sql)?);
            }
            Self::Sqlite(..) => return Ok(false),
        }
        Ok(true)
    }
}
