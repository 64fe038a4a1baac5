use std::{
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
    time::Duration,
};

use anyhow::Result;
use async_trait::async_trait;
use vestibule_sql::PostgresStore;
use vestibule_web::{
    conformance::{NoHand, Subject},
    store::{Realm, Retention, StoreBackend},
};

use crate::Postgres;

const LOG: u32 = 32;

/// The store on a PostgreSQL server, each time in a schema of its own.
#[derive(Debug)]
pub struct PostgresSubject {
    server: Postgres,
    schemas: AtomicU32,
}

impl PostgresSubject {
    /// On a new server.
    pub async fn start() -> Result<Self> {
        Ok(Self { server: Postgres::start().await?, schemas: AtomicU32::new(0) })
    }

    /// The server.
    pub fn server(&self) -> &Postgres {
        &self.server
    }

    /// Where the latest fresh store is.
    pub fn url(&self) -> String {
        self.server.url_in(&self.schema())
    }

    /// Does something to the tables of the latest fresh store.
    pub fn run(&self, sql: &str) -> String {
        self.server.run_in(&self.schema(), sql).unwrap_or_else(|error| panic!("{error:#}"))
    }

    fn schema(&self) -> String {
        format!("test_{}", self.schemas.load(Ordering::Relaxed))
    }

    /// Moves the store's clock.
    fn move_clock(&self, millis: i128) {
        self.run(&format!("UPDATE vestibule_store SET clock_offset = clock_offset + ({millis})"));
    }
}

#[async_trait]
impl Subject for PostgresSubject {
    async fn fresh(&self) -> Arc<dyn StoreBackend> {
        let before = self.schemas.fetch_add(1, Ordering::Relaxed);
        self.run(&format!(
            "SET client_min_messages = warning;
             DROP SCHEMA IF EXISTS test_{before} CASCADE; CREATE SCHEMA {}",
            self.schema()
        ));
        let store = PostgresStore::builder(&self.url()).max_connections(6).log_length(LOG).build();
        let store = store.unwrap_or_else(|error| panic!("{error}"));
        // From here on the store has a clock that can be moved.
        let realm = Realm::new("https://acme.example", "clock");
        let retention = Retention { cutoffs: Duration::ZERO, logout_ids: Duration::ZERO };
        store.open(&realm, retention).now().await.unwrap_or_else(|error| panic!("{error:?}"));
        Arc::new(store)
    }

    async fn advance(&self, span: Duration) {
        self.move_clock(span.as_millis() as i128);
    }

    async fn step_back(&self, span: Duration) -> Result<(), NoHand> {
        self.move_clock(-(span.as_millis() as i128));
        Ok(())
    }

    async fn wipe_indexes(&self) -> Result<(), NoHand> {
        self.run(
            "DROP INDEX vestibule_sessions_of, vestibule_sessions_lapse, vestibule_sessions_listen,
                vestibule_cutoffs_age, vestibule_cutoffs_to_reap, vestibule_spent_logouts_age;
             UPDATE vestibule_cutoffs SET reaped = true",
        );
        Ok(())
    }

    async fn lose_everything(&self) -> Result<(), NoHand> {
        let schema = self.schema();
        self.run(&format!(
            "SET client_min_messages = warning; DROP SCHEMA {schema} CASCADE; CREATE SCHEMA {schema}"
        ));
        Ok(())
    }

    fn log_bound(&self) -> usize {
        LOG as usize
    }

    async fn operations(&self) -> Result<u64, NoHand> {
        Err(NoHand("a step of its own counts scans and rows among 1,000 and 100,000"))
    }
}
