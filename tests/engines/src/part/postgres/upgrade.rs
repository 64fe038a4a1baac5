//! A later version changes the tables while this one runs.

use anyhow::{Result, ensure};
use engines::subject::PostgresSubject;
use vestibule_web::{
    conformance::{
        Subject as _,
        model::{RETENTION, key, realm, session},
    },
    store::{Insert, Load, SessionStore, StoreError},
};

/// What it adds is not noticed; what it writes in a format of its own is an error, and nobody's end.
pub(super) async fn h24_a_later_version_beside_this_one(subject: &PostgresSubject) -> Result<()> {
    let store = subject.fresh().await.open(&realm(), RETENTION);
    sign_in(&*store, 1).await?;
    ensure!(matches!(load(&*store, 1).await, Ok(Load::Live(_))), "she is signed in");

    subject.run(
        "ALTER TABLE vestibule_sessions ADD COLUMN later text; ALTER TABLE vestibule_cutoffs ADD COLUMN later text;
         ALTER TABLE vestibule_realms ADD COLUMN later text; ALTER TABLE vestibule_store ADD COLUMN later text;
         ALTER TABLE vestibule_log ADD COLUMN later text",
    );
    for _ in 0..3 {
        ensure!(matches!(load(&*store, 1).await, Ok(Load::Live(_))), "she stays signed in");
    }
    sign_in(&*store, 2).await?;
    ensure!(store.sessions_of(&realm().subject("alice")).await?.reply.len() == 2, "and others sign in");

    subject.run("UPDATE vestibule_sessions SET format = 2 WHERE key = (SELECT key FROM vestibule_sessions ORDER BY public_id LIMIT 1)");
    ensure!(matches!(load(&*store, 1).await, Err(StoreError::Corrupt)), "a later format is an error");
    ensure!(matches!(load(&*store, 2).await, Ok(Load::Live(_))), "of that session alone");
    subject.run("UPDATE vestibule_sessions SET format = 1");
    ensure!(matches!(load(&*store, 1).await, Ok(Load::Live(_))), "and it was not ended");
    Ok(())
}

async fn sign_in(store: &dyn SessionStore, number: u32) -> Result<()> {
    let began = store.now().await?;
    let stored = store.insert(session(number, "alice", None, began), None).await?.reply;
    ensure!(matches!(stored, Insert::Stored(_)), "a login was {stored:?}");
    Ok(())
}

async fn load(store: &dyn SessionStore, number: u32) -> Result<Load, StoreError> {
    Ok(store.load(&key(number)).await?.reply)
}
