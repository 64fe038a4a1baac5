//! Sessions on PostgreSQL and SQLite: what [`vestibule_web::store`] promises, kept by a database that is there anyway.
//!
//! [`PostgresStore`] serves any number of nodes. [`SqliteStore`] serves one machine and outlives restarts. Both make
//! their tables at first use, and both are a [`StoreBackend`](vestibule_web::store::StoreBackend):
//!
//! ```
//! use vestibule_sql::{PostgresStore, SqliteStore};
//!
//! let shared = PostgresStore::new("postgres://app@db.acme.example/app?sslmode=verify-full")?;
//! let embedded = SqliteStore::open("sessions.db");
//! # Ok::<(), vestibule_sql::SqlConfigError>(())
//! ```

#![cfg_attr(
    not(test),
    warn(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)
)]

mod columns;
mod engine;
mod error;
mod log;
mod millis;
mod pack;
#[cfg(feature = "postgres")]
mod postgres;
mod realm;
mod schema;
mod sessions;
#[cfg(feature = "sqlite")]
mod sqlite;
mod verbs;

pub use error::SqlConfigError;
#[cfg(feature = "postgres")]
pub use postgres::{PostgresStore, PostgresStoreBuilder};
#[cfg(feature = "sqlite")]
pub use sqlite::{SqliteStore, SqliteStoreBuilder};
