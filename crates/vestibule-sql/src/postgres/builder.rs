use std::{str::FromStr, sync::Arc};

use sqlx::postgres::PgConnectOptions;
use vestibule::{Clock, SystemClock};

use crate::SqlConfigError;

use super::{PostgresStore, database::Database, server::Server};

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
        let connections = self.max_connections;
        Ok(self.on(Server::new(options, connections)))
    }

    pub(super) fn on(self, server: Server) -> PostgresStore {
        let clock = self.clock.unwrap_or_else(|| Arc::new(SystemClock::new()));
        PostgresStore(Arc::new(Database::new(server, clock, self.log_length)))
    }
}
