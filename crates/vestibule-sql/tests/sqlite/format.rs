//! Rows that were written by this version, and by one to come.

use sqlx::{Connection, Executor, SqliteConnection};
use vestibule_web::{
    conformance::model::key,
    store::{HolderId, Load, RefreshHash, StoreError, StoreTime},
};

use crate::stage::{Stage, log_in};

/// Stores outlive releases: this row must be read by all of them.
#[tokio::test]
async fn h24_a_row_of_format_1_is_read_for_ever() {
    let stage = Stage::new();
    let store = stage.open();
    log_in(&*store, 0).await.expect("there is room");
    let now = store.now().await.expect("the store answers").as_millis();
    let attempt = format!("{}{}{}", "0a".repeat(16), "0b".repeat(32), "0000000000000007");
    run(
        &stage,
        &format!(
            "UPDATE vestibule_sessions SET format = 1, public_id = x'{}', subject = x'{}', scopes = x'{}{}',
                began = {now}, created = {now}, last_seen = {now}, idle_end = {now} + 1000, absolute_end = {now} + 2000,
                label = x'6c', tokens = x'74', refresh = x'{}', grant_version = 3, data = x'64', version = 4,
                lease_holder = x'{}', lease_until = 9, attempts = x'{attempt}'",
            "01".repeat(16),
            "02".repeat(32),
            "02".repeat(32),
            "03".repeat(32),
            "04".repeat(32),
            "05".repeat(16),
        ),
    )
    .await;

    let Load::Live(record) = store.load(&key(0)).await.expect("the store answers").reply else {
        panic!("the session is live");
    };
    assert_eq!(record.public_id.as_bytes(), &[1; 16]);
    assert_eq!(record.scopes.iter().map(|scope| scope.as_bytes()[0]).collect::<Vec<_>>(), [2, 3]);
    assert_eq!((&record.label[..], &record.grant[..], &record.data[..]), (&b"l"[..], &b"t"[..], &b"d"[..]));
    assert_eq!(record.refresh, Some(RefreshHash::from_bytes([4; 32])));
    assert_eq!((record.grant_version, record.version), (3, 4));
    let lease = record.lease.expect("there is a lease");
    assert_eq!((lease.holder, lease.until), (HolderId::from_bytes([5; 16]), StoreTime::from_millis(9)));
    let attempt = record.attempts.first().expect("there is an attempt");
    assert_eq!(
        (attempt.holder, attempt.spent),
        (HolderId::from_bytes([10; 16]), RefreshHash::from_bytes([11; 32]))
    );
    assert_eq!(attempt.open_until, StoreTime::from_millis(7));
}

/// Neither anonymous nor a panic: a node of a later version reads what this one cannot.
#[tokio::test]
async fn h24_a_row_that_cannot_be_read_is_an_error() {
    for damage in ["format = 2", "public_id = x'01'", "scopes = x'0102'", "attempts = x'03'", "version = -1"]
    {
        let stage = Stage::new();
        let store = stage.open();
        log_in(&*store, 0).await.expect("there is room");
        run(&stage, &format!("UPDATE vestibule_sessions SET {damage}")).await;
        let answer = store.load(&key(0)).await;
        assert!(matches!(answer, Err(StoreError::Corrupt)), "{damage}: {answer:?}");
    }
}

/// By another connection to the same file.
async fn run(stage: &Stage, sql: &str) {
    let url = format!("sqlite:{}", stage.path().display());
    let mut connection = SqliteConnection::connect(&url).await.expect("the file opens");
    connection.execute(sqlx::AssertSqlSafe(sql.to_owned())).await.expect("the statement is right");
    connection.close().await.expect("it closes");
}
