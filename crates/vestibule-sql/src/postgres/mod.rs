//! Sessions on PostgreSQL: for any number of nodes.
//!
//! A request reads its session, everything that may have ended it and the time in one statement. A login and a logout are
//! one call of a function that the server has; any other change is read, decided here, and written if the record is still
//! what it was.

mod builder;
mod change;
mod database;
mod engine;
mod health;
mod insert;
mod lending;
mod listening;
mod read;
mod reap;
mod revoke;
mod server;
mod setup;

use std::{fmt, sync::Arc};

pub use builder::PostgresStoreBuilder;
use sqlx::PgPool;
use vestibule_web::store::{Realm, Retention, SessionStore, StoreBackend};

use crate::{SqlConfigError, sessions::Sessions};

use self::{database::Database, engine::PostgresEngine, server::Server};

/// Keeps sessions in a PostgreSQL database (version 12 or later). Clones share its connections.
///
/// The tables, whose names begin with `vestibule_`, are made at first use, in the schema that comes first in the
/// connection's `search_path`. Nodes that start at once make them once.
///
/// Times are those of the server. It must be the primary: a standby is refused, since it may not have heard of a logout.
///
/// ```
/// use vestibule_sql::PostgresStore;
///
/// let store = PostgresStore::new("postgres://app@db.acme.example/app?sslmode=verify-full")?;
/// let wide = PostgresStore::builder("postgres://app@db.acme.example/app").max_connections(40).build()?;
/// # Ok::<(), vestibule_sql::SqlConfigError>(())
/// ```
#[derive(Clone)]
pub struct PostgresStore(Arc<Database>);

impl PostgresStore {
    /// The store in the database that `url` names. Nothing is connected before its first use.
    ///
    /// # Errors
    ///
    /// [`SqlConfigError::Url`] when it is not a URL of PostgreSQL.
    pub fn new(url: &str) -> Result<Self, SqlConfigError> {
        Self::builder(url).build()
    }

    /// As [`new`](Self::new), with other bounds or another clock.
    pub fn builder(url: &str) -> PostgresStoreBuilder {
        PostgresStoreBuilder::new(url)
    }

    /// The store in the database of a pool that the application has anyway.
    ///
    /// The pool's connections must be of the isolation level `READ COMMITTED`, PostgreSQL's default. Let `statement_timeout`
    /// be below two seconds, and let the pool give up on a connection as soon.
    pub fn from_pool(pool: PgPool) -> Self {
        PostgresStoreBuilder::new("").on(Server::of(pool))
    }
}

impl StoreBackend for PostgresStore {
    fn open(&self, realm: &Realm, retention: Retention) -> Arc<dyn SessionStore> {
        Arc::new(Sessions(PostgresEngine::new(Arc::clone(&self.0), realm, retention)))
    }
}

impl fmt::Debug for PostgresStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PostgresStore").field("database", &self.0).finish()
    }
}
