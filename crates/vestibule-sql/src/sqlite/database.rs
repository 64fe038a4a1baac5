use std::{fs::OpenOptions, io, path::Path, time::Duration};

use sqlx::{
    SqlitePool,
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous},
};
use tokio::sync::Notify;
use vestibule_web::store::{StoreClock, StoreTime};

use crate::error::Failure;

use super::builder::Place;

/// How long to wait for a connection, and for the lock that another process has: less than a request waits for the store.
const PATIENCE: Duration = Duration::from_millis(1500);
const READERS: u32 = 4;
/// Bytes.
const PAGE: u32 = 4096;

/// The file and who uses it: one connection that writes, some that read.
#[derive(Debug)]
pub(super) struct Database {
    place: Place,
    pub(super) writer: SqlitePool,
    pub(super) readers: SqlitePool,
    pub(super) clock: StoreClock,
    pub(super) log_length: u32,
    pub(super) news: Notify,
}

impl Database {
    pub(super) fn new(place: Place, clock: StoreClock, log_length: u32, max_size: Option<u64>) -> Self {
        let mut options =
            SqliteConnectOptions::new().busy_timeout(PATIENCE).foreign_keys(true).page_size(PAGE);
        if let Some(bytes) = max_size {
            options = options.pragma("max_page_count", (bytes / u64::from(PAGE)).to_string());
        }
        let (writer, readers) = match &place {
            Place::File(path) => {
                let options = options.filename(path).synchronous(SqliteSynchronous::Full);
                let writing = options.clone().journal_mode(SqliteJournalMode::Wal);
                (pool(1).connect_lazy_with(writing), pool(READERS).connect_lazy_with(options))
            }
            // What is in memory belongs to its connection, so there is one.
            Place::Memory => {
                let only = pool(1).connect_lazy_with(options.in_memory(true));
                (only.clone(), only)
            }
        };
        Self { place, writer, readers, clock, log_length, news: Notify::new() }
    }

    /// The time, not before the latest that is in the file.
    pub(super) fn time_after(&self, latest: StoreTime) -> StoreTime {
        self.clock.now_not_before(latest)
    }

    /// Makes the file if it is not there, for its owner's eyes only. SQLite makes those beside it alike.
    pub(super) fn make_private_file(&self) -> Result<(), Failure> {
        match &self.place {
            Place::File(path) => make_private(path).map_err(|error| Failure::Sql(error.into())),
            Place::Memory => Ok(()),
        }
    }
}

fn pool(connections: u32) -> SqlitePoolOptions {
    SqlitePoolOptions::new()
        .max_connections(connections)
        .acquire_timeout(PATIENCE)
        .idle_timeout(None)
        .max_lifetime(None)
        .test_before_acquire(false)
}

fn make_private(path: &Path) -> io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    match options.open(path) {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => Err(error),
        _ => Ok(()),
    }
}
