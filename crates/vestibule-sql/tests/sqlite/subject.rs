use std::{
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
    time::Duration,
};

use async_trait::async_trait;
use sqlx::{Connection, Executor, SqliteConnection};
use tempfile::TempDir;
use vestibule::{Clock as _, testing::TestClock};
use vestibule_sql::SqliteStore;
use vestibule_web::{
    conformance::{NoHand, Subject},
    store::StoreBackend,
};

const LOG: u32 = 32;

/// The store in a file, on a clock that the test moves.
pub(crate) struct File {
    clock: TestClock,
    folder: TempDir,
    files: AtomicU32,
}

impl Default for File {
    fn default() -> Self {
        let folder = tempfile::tempdir().expect("a folder for the test");
        Self { clock: TestClock::default(), folder, files: AtomicU32::new(0) }
    }
}

impl File {
    /// The latest fresh one.
    fn url(&self) -> String {
        let number = self.files.load(Ordering::Relaxed);
        format!("sqlite:{}", self.folder.path().join(format!("{number}.db")).display())
    }

    /// Does something to the file by another connection.
    pub(crate) async fn run(&self, sql: &'static str) {
        let mut connection = SqliteConnection::connect(&self.url()).await.expect("the file opens");
        connection.execute(sql).await.expect("the statement is right");
        connection.close().await.expect("it closes");
    }
}

#[async_trait]
impl Subject for File {
    async fn fresh(&self) -> Arc<dyn StoreBackend> {
        self.files.fetch_add(1, Ordering::Relaxed);
        store(&self.url(), &self.clock)
    }

    async fn another_node(&self) -> Option<Arc<dyn StoreBackend>> {
        Some(store(&self.url(), &self.clock))
    }

    async fn wipe_indexes(&self) -> Result<(), NoHand> {
        self.run(
            "DROP INDEX vestibule_sessions_of; DROP INDEX vestibule_sessions_lapse;
             DROP INDEX vestibule_cutoffs_age; DROP INDEX vestibule_cutoffs_to_reap;
             DROP INDEX vestibule_spent_logouts_age; DELETE FROM vestibule_listening;
             UPDATE vestibule_cutoffs SET reaped = 1",
        )
        .await;
        Ok(())
    }

    async fn lose_everything(&self) -> Result<(), NoHand> {
        self.run(
            "DROP TABLE vestibule_listening; DROP TABLE vestibule_sessions; DROP TABLE vestibule_cutoffs;
             DROP TABLE vestibule_spent_logouts; DROP TABLE vestibule_log; DROP TABLE vestibule_realms;
             DROP TABLE vestibule_store; DROP TABLE vestibule_migrations",
        )
        .await;
        Ok(())
    }

    async fn step_back(&self, span: Duration) -> Result<(), NoHand> {
        step_back(&self.clock, span)
    }

    async fn advance(&self, span: Duration) {
        self.clock.advance(span);
    }

    fn log_bound(&self) -> usize {
        LOG as usize
    }

    async fn operations(&self) -> Result<u64, NoHand> {
        Err(NoHand("a test of its own shows that a logout looks at no session"))
    }
}

/// The store in memory, likewise.
#[derive(Default)]
pub(crate) struct Memory(TestClock);

#[async_trait]
impl Subject for Memory {
    async fn fresh(&self) -> Arc<dyn StoreBackend> {
        store("sqlite::memory:", &self.0)
    }

    async fn advance(&self, span: Duration) {
        self.0.advance(span);
    }

    async fn step_back(&self, span: Duration) -> Result<(), NoHand> {
        step_back(&self.0, span)
    }

    fn log_bound(&self) -> usize {
        LOG as usize
    }

    async fn wipe_indexes(&self) -> Result<(), NoHand> {
        Err(NoHand("what is in memory is reached by the store alone; the file has one"))
    }

    async fn lose_everything(&self) -> Result<(), NoHand> {
        Err(NoHand("it ends with its process, and whoever asked it does too"))
    }

    async fn operations(&self) -> Result<u64, NoHand> {
        Err(NoHand("a test of its own shows that a logout looks at no session"))
    }
}

fn step_back(clock: &TestClock, span: Duration) -> Result<(), NoHand> {
    clock.set_wall(clock.unix_time().saturating_sub(span));
    Ok(())
}

fn store(url: &str, clock: &TestClock) -> Arc<dyn StoreBackend> {
    let builder = SqliteStore::builder(url).log_length(LOG).clock(Arc::new(clock.clone()));
    Arc::new(builder.build().expect("a URL of a database"))
}
