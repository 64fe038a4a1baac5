//! A disk that is full, a file that is torn, a folder that is missing.

use std::{fs, os::unix::fs::PermissionsExt};

use vestibule_sql::{SqlConfigError, SqliteStore};
use vestibule_web::store::{Insert, StoreError};

use crate::stage::{Stage, is_live, log_in, logout, opened};

#[tokio::test]
async fn h19_a_full_disk_refuses_and_keeps_what_is_there() {
    let stage = Stage::new();
    let store = opened(stage.builder().max_size(200 * 1024));
    let mut stored = Vec::new();
    let refused = loop {
        let number = u32::try_from(stored.len()).expect("it is full before that");
        match log_in(&*store, number).await {
            Ok(Insert::Stored(_)) => stored.push(number),
            other => break other,
        }
    };
    assert!(matches!(refused, Err(StoreError::Full)), "{refused:?}");
    assert!(!stored.is_empty());
    for number in &stored {
        assert!(is_live(&*store, *number).await, "session {number} of {}", stored.len());
    }
    assert!(!is_live(&*store, u32::MAX).await);
    store.end(&vestibule_web::conformance::model::key(0)).await.expect("ending needs no room");
    assert!(!is_live(&*store, 0).await);
}

#[tokio::test]
async fn h19_a_torn_file_is_an_error_not_an_empty_store() {
    for (offset, length) in [(0, 4096), (4096, 40_000)] {
        let stage = Stage::new();
        let store = stage.open();
        for number in 0..20 {
            log_in(&*store, number).await.expect("there is room");
        }
        drop(store);
        let mut bytes = settled(&stage).await;
        for byte in bytes.iter_mut().skip(offset).take(length) {
            *byte = 0xa5;
        }
        fs::write(stage.path(), bytes).expect("the file can be written");
        let answer = stage.open().load(&vestibule_web::conformance::model::key(0)).await;
        assert!(matches!(answer, Err(StoreError::Corrupt)), "{answer:?}");
    }
}

#[tokio::test]
async fn h19_a_missing_folder_is_an_outage() {
    let store = SqliteStore::builder("sqlite:/nonexistent/folder/sessions.db");
    assert!(matches!(opened(store).now().await, Err(StoreError::Unavailable(_))));
}

#[tokio::test]
async fn the_file_is_its_owners() {
    let stage = Stage::new();
    let store = stage.open();
    log_in(&*store, 0).await.expect("there is room");
    store.revoke(logout()).await.expect("there is room");
    let folder = stage.path().parent().expect("a folder").to_owned();
    let mut files = 0;
    for file in fs::read_dir(folder).expect("a folder").flatten() {
        let mode = file.metadata().expect("a file").permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{:?}", file.file_name());
        files += 1;
    }
    assert!(files >= 2, "the file and its log");
}

#[test]
fn urls_of_other_engines_are_refused() {
    for url in ["", "sqlite:", "sqlite://", "postgres://localhost/app", "sessions.db", "sqlite::shared:"] {
        assert!(matches!(SqliteStore::new(url), Err(SqlConfigError::Url)), "{url}");
    }
    assert!(SqliteStore::open("").is_err());
}

/// The whole file, with nothing left in the log beside it.
async fn settled(stage: &Stage) -> Vec<u8> {
    use sqlx::{Connection, Executor, SqliteConnection};
    let url = format!("sqlite:{}", stage.path().display());
    let mut connection = SqliteConnection::connect(&url).await.expect("the file opens");
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").await.expect("nobody else has it open");
    connection.close().await.expect("it closes");
    for beside in ["sessions.db-wal", "sessions.db-shm"] {
        let _ = fs::remove_file(stage.path().with_file_name(beside));
    }
    fs::read(stage.path()).expect("the file can be read")
}
