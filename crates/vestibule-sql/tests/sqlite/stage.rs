use std::{path::PathBuf, sync::Arc};

use tempfile::TempDir;
use vestibule::testing::TestClock;
use vestibule_sql::{SqliteStore, SqliteStoreBuilder};
use vestibule_web::{
    conformance::model::{RETENTION, key, realm, session},
    store::{Insert, Load, Revocation, SessionStore, StoreBackend, StoreError},
};

/// A file that may be opened again and again.
pub(crate) struct Stage {
    pub(crate) clock: TestClock,
    folder: TempDir,
}

impl Stage {
    pub(crate) fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder for the test");
        Self { clock: TestClock::default(), folder }
    }

    /// The same file at another time.
    pub(crate) fn with_clock(self, clock: TestClock) -> Self {
        Self { clock, ..self }
    }

    pub(crate) fn path(&self) -> PathBuf {
        self.folder.path().join("sessions.db")
    }

    pub(crate) fn builder(&self) -> SqliteStoreBuilder {
        SqliteStore::builder(&format!("sqlite:{}", self.path().display())).clock(Arc::new(self.clock.clone()))
    }

    /// As another process has it.
    pub(crate) fn open(&self) -> Arc<dyn SessionStore> {
        opened(self.builder())
    }
}

pub(crate) fn opened(builder: SqliteStoreBuilder) -> Arc<dyn SessionStore> {
    builder.build().expect("a path").open(&realm(), RETENTION)
}

pub(crate) async fn log_in(store: &dyn SessionStore, number: u32) -> Result<Insert, StoreError> {
    let began = store.now().await?;
    Ok(store.insert(session(number, "alice", None, began), None).await?.reply)
}

pub(crate) async fn is_live(store: &dyn SessionStore, number: u32) -> bool {
    matches!(store.load(&key(number)).await.expect("the store answers").reply, Load::Live(_))
}

pub(crate) fn logout() -> Revocation {
    Revocation { scopes: vec![realm().subject("alice")], heard: None, logout: None, spare: None }
}
