use std::{str::FromStr, sync::Arc, time::Duration};

use sqlx::{
    Executor, PgPool,
    postgres::{PgConnectOptions, PgPoolOptions},
};
use vestibule::{Clock, SystemClock};

use crate::SqlConfigError;

use super::{PostgresStore, database::Database};

/// How long to wait for a connection: less than a request waits for the store.
const PATIENCE: Duration = Duration::from_secs(1);
/// A connection that was idle for so long is asked whether it still stands.
const DOUBTFUL: Duration = Duration::from_secs(5);

/// What every connection is told: limits below the time that a request waits for the store, and the isolation level that
/// the statements are made for.
const SETTINGS: &str = "SET statement_timeout = 1500; SET lock_timeout = 1500;
    SET idle_in_transaction_session_timeout = 10000; SET default_transaction_isolation = 'read committed'";

/// Chooses the bounds and the clock of a [`PostgresStore`].
#[derive(Debug)]
#[must_use]
pub struct PostgresStoreBuilder {
    url: String,
    max_connections: u32,
    log_length: u32,
    clock: Option<Arc<dyn Clock>>,
}

impl PostgresStoreBuilder {
    pub(super) fn new(url: &str) -> Self {
        Self { url: url.to_owned(), max_connections: 10, log_length: 16_384, clock: None }
    }

    /// How many connections this node opens at most, beside one that listens for news. Default: 10.
    pub const fn max_connections(mut self, connections: u32) -> Self {
        self.max_connections = connections;
        self
    }

    /// How many ends, revocations and replacements each realm's log keeps. Default: 16,384.
    ///
    /// Whoever asks for older ones is told that it lagged.
    pub const fn log_length(mut self, entries: u32) -> Self {
        self.log_length = entries;
        self
    }

    /// With what this node measures the time between two replies of the server. Default: the machine's clock.
    ///
    /// Only its monotonic part is looked at. The store's time is the server's.
    pub fn clock(mut self, clock: Arc<dyn Clock>) -> Self {
        self.clock = Some(clock);
        self
    }

    /// The store. Nothing is connected before its first use.
    ///
    /// # Errors
    ///
    /// [`SqlConfigError::Url`] when the URL is not one of PostgreSQL.
    pub fn build(self) -> Result<PostgresStore, SqlConfigError> {
        if !self.url.starts_with("postgres://") && !self.url.starts_with("postgresql://") {
            return Err(SqlConfigError::Url);
        }
        let options = PgConnectOptions::from_str(&self.url).map_err(|_| SqlConfigError::Url)?;
        let pool = connections(self.max_connections).connect_lazy_with(options);
        Ok(self.with_pool(pool))
    }

    pub(super) fn with_pool(self, pool: PgPool) -> PostgresStore {
        let listening = connections(1).connect_lazy_with((*pool.connect_options()).clone());
        let clock = self.clock.unwrap_or_else(|| Arc::new(SystemClock::new()));
        PostgresStore(Arc::new(Database::new(pool, listening, clock, self.log_length)))
    }
}

fn connections(most: u32) -> PgPoolOptions {
    PgPoolOptions::new()
        .max_connections(most)
        .acquire_timeout(PATIENCE)
        .test_before_acquire(false)
        .before_acquire(|connection, meta| {
            Box::pin(async move {
                if meta.idle_for > DOUBTFUL {
                    sqlx::Connection::ping(connection).await?;
                }
                Ok(true)
            })
        })
        .after_connect(|connection, _| {
            Box::pin(async move { connection.execute(sqlx::raw_sql(SETTINGS)).await.map(drop) })
        })
}
