use std::{sync::OnceLock, time::Duration};

use sqlx::{
    Connection, Executor, PgPool,
    postgres::{PgConnectOptions, PgPoolOptions},
};

/// How long to wait for a connection: less than a request waits for the store.
const PATIENCE: Duration = Duration::from_secs(1);
/// A connection that was idle for so long is asked whether it still stands.
const DOUBTFUL: Duration = Duration::from_secs(5);

/// What every connection is told: limits below the time that a request waits for the store, and the isolation level that
/// the statements are made for.
const SETTINGS: &str = "SET statement_timeout = 1500; SET lock_timeout = 1500;
    SET idle_in_transaction_session_timeout = 10000; SET default_transaction_isolation = 'read committed'";

/// The connections to the server. The first use opens the first: not before is there surely a runtime to open them in.
#[derive(Debug)]
pub(super) struct Server {
    options: PgConnectOptions,
    most: u32,
    pool: OnceLock<PgPool>,
    is_ours: bool,
}

impl Server {
    pub(super) fn new(options: PgConnectOptions, most: u32) -> Self {
        Self { options, most, pool: OnceLock::new(), is_ours: true }
    }

    pub(super) fn of(pool: PgPool) -> Self {
        let options = (*pool.connect_options()).clone();
        let most = pool.options().get_max_connections();
        Self { options, most, pool: OnceLock::from(pool), is_ours: false }
    }

    /// Whether nobody else needs its connections.
    pub(super) fn is_ours(&self) -> bool {
        self.is_ours
    }

    pub(super) fn pool(&self) -> &PgPool {
        self.pool.get_or_init(|| connections(self.most).connect_lazy_with(self.options.clone()))
    }

    /// For one connection beside those.
    pub(super) fn one_more(&self) -> PgPool {
        connections(1).connect_lazy_with(self.options.clone())
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
                    connection.ping().await?;
                }
                Ok(true)
            })
        })
        .after_connect(|connection, _| {
            Box::pin(async move { connection.execute(sqlx::raw_sql(SETTINGS)).await.map(drop) })
        })
}
