//! Sessions in a SQLite file: for one machine, across restarts.
//!
//! One connection writes, in transactions that take the lock at once; others read what was committed (WAL). A write
//! is on the disk before it is answered (`synchronous = FULL`).

mod builder;
mod change;
mod database;
mod engine;
mod insert;
mod read;
mod reap;
mod revoke;
mod step;

use std::{fmt, path::Path, sync::Arc};

pub use builder::SqliteStoreBuilder;
use vestibule_web::store::{Realm, Retention, SessionStore, StoreBackend};

use crate::{SqlConfigError, sessions::Sessions};

use self::{database::Database, engine::SqliteEngine};

/// Keeps sessions in a SQLite file. Clones share it.
///
/// The file, which only its owner may read, is made at first use. Any number of processes of one machine may use it.
///
/// ```
/// use vestibule_sql::SqliteStore;
///
/// let store = SqliteStore::open("sessions.db")?;
/// let passing = SqliteStore::new("sqlite::memory:")?;
/// # Ok::<(), vestibule_sql::SqlConfigError>(())
/// ```
#[derive(Clone)]
pub struct SqliteStore(Arc<Database>);

impl SqliteStore {
    /// The store in the file at `path`.
    ///
    /// # Errors
    ///
    /// [`SqlConfigError::Url`] for an empty path.
    pub fn open(path: impl AsRef<Path>) -> Result<Self, SqlConfigError> {
        SqliteStoreBuilder::at(path.as_ref()).build()
    }

    /// The store that `url` names: `sqlite:sessions.db`, `sqlite:///var/lib/app/sessions.db`, `sqlite::memory:`.
    ///
    /// # Errors
    ///
    /// [`SqlConfigError::Url`] when it is not such a URL.
    pub fn new(url: &str) -> Result<Self, SqlConfigError> {
        Self::builder(url).build()
    }

    /// As [`new`](Self::new), with other bounds or another clock.
    pub fn builder(url: &str) -> SqliteStoreBuilder {
        SqliteStoreBuilder::of(url)
    }
}

impl StoreBackend for SqliteStore {
    fn open(&self, realm: &Realm, retention: Retention) -> Arc<dyn SessionStore> {
        Arc::new(Sessions(SqliteEngine::new(Arc::clone(&self.0), realm, retention)))
    }
}

impl fmt::Debug for SqliteStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SqliteStore").field("database", &self.0).finish()
    }
}
