use std::{
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
    time::Duration,
};

use async_trait::async_trait;
use tempfile::TempDir;
use vestibule::testing::TestClock;
use vestibule_sql::SqliteStore;
use vestibule_web::{conformance::Subject, store::StoreBackend};

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

#[async_trait]
impl Subject for File {
    async fn fresh(&self) -> Arc<dyn StoreBackend> {
        let number = self.files.fetch_add(1, Ordering::Relaxed);
        let url = format!("sqlite:{}", self.folder.path().join(format!("{number}.db")).display());
        store(&url, &self.clock)
    }

    async fn advance(&self, span: Duration) {
        self.clock.advance(span);
    }

    fn log_bound(&self) -> usize {
        LOG as usize
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

    fn log_bound(&self) -> usize {
        LOG as usize
    }
}

fn store(url: &str, clock: &TestClock) -> Arc<dyn StoreBackend> {
    let builder = SqliteStore::builder(url).log_length(LOG).clock(Arc::new(clock.clone()));
    Arc::new(builder.build().expect("a URL of a database"))
}
