//! A full memory store refuses; it never forgets what matters, and it does forget what does not.

use std::{sync::Arc, time::Duration};

use vestibule::testing::TestClock;
use vestibule_web::{
    memory::{MemoryStore, MemoryStoreBuilder},
    store::{
        CommitRefresh, Ended, Insert, Load, PublicId, Realm, Revocation, Revoke, Scope, SessionKey,
        SessionStore, StoreBackend, StoreError,
    },
};

use crate::command::{RETENTION, jti, key, logout, realm, rotation, session};

#[tokio::test]
async fn full_of_live_sessions_it_refuses_logins_and_keeps_all() {
    let (store, _) = open(MemoryStore::builder().max_sessions(3));
    for number in 0..3 {
        log_in(&*store, number, None).await.expect("there is room");
    }
    assert!(matches!(log_in(&*store, 9, None).await, Err(StoreError::Full)));
    for number in 0..3 {
        assert!(is_live(&*store, number).await);
    }
    assert!(!is_live(&*store, 9).await);
}

#[tokio::test]
async fn a_login_that_replaces_a_session_needs_no_room() {
    let (store, _) = open(MemoryStore::builder().max_sessions(1));
    log_in(&*store, 0, None).await.expect("there is room");
    assert!(matches!(log_in(&*store, 1, Some(key(0))).await, Ok(Insert::Stored(_))));
    assert_eq!((is_live(&*store, 0).await, is_live(&*store, 1).await), (false, true));
}

#[tokio::test]
async fn a_login_that_finds_no_room_ends_nothing() {
    let (store, _) = open(MemoryStore::builder().max_sessions(1));
    log_in(&*store, 0, None).await.expect("there is room");
    assert!(matches!(log_in(&*store, 1, Some(key(7))).await, Err(StoreError::Full)));
    assert!(is_live(&*store, 0).await);
}

#[tokio::test]
async fn what_has_ended_makes_room() {
    let (store, clock) = open(MemoryStore::builder().max_sessions(3));
    for number in 0..3 {
        log_in(&*store, number, None).await.expect("there is room");
    }
    store.revoke(logout(vec![realm().session(&key(1))])).await.expect("there is room");
    clock.advance(Duration::from_secs(1));
    log_in(&*store, 3, None).await.expect("a revoked session is no session");
    assert!(matches!(log_in(&*store, 4, None).await, Err(StoreError::Full)));
    clock.advance(Duration::from_secs(20));
    for number in 5..8 {
        log_in(&*store, number, None).await.expect("nor is one that lapsed");
    }
}

#[tokio::test]
async fn h21_full_of_cutoffs_it_refuses_logouts_whole() {
    let (store, clock) = open(MemoryStore::builder().max_marks(2));
    log_in(&*store, 0, None).await.expect("there is room");
    let scopes = |names: [&str; 2]| names.map(|sub| realm().subject(sub)).to_vec();
    revoke(&*store, scopes(["bob", "carol"]), None).await.expect("there is room");
    clock.advance(Duration::from_secs(1));

    let half_new = scopes(["bob", "alice"]);
    assert!(matches!(revoke(&*store, half_new.clone(), Some(1)).await, Err(StoreError::Full)));
    assert!(is_live(&*store, 0).await, "nothing was struck");
    revoke(&*store, scopes(["bob", "carol"]), None).await.expect("these have their place");

    clock.advance(RETENTION.cutoffs);
    log_in(&*store, 1, None).await.expect("there is room");
    let late = revoke(&*store, half_new, Some(1)).await.expect("what no longer matters makes room");
    assert!(matches!(late, Revoke::Revoked { .. }), "the logout token was not spent by the failure");
    assert!(!is_live(&*store, 1).await);
}

#[tokio::test]
async fn h21_full_of_spent_logout_tokens_it_refuses_further_ones() {
    let (store, clock) = open(MemoryStore::builder().max_marks(2));
    log_in(&*store, 0, None).await.expect("there is room");
    for number in 0..2 {
        revoke(&*store, vec![realm().subject("bob")], Some(number)).await.expect("there is room");
    }
    let alice = vec![realm().subject("alice")];
    assert!(matches!(revoke(&*store, alice.clone(), Some(2)).await, Err(StoreError::Full)));
    assert!(is_live(&*store, 0).await, "nothing was struck");
    let replayed = revoke(&*store, vec![realm().subject("bob")], Some(0)).await.expect("no room is needed");
    assert_eq!(replayed, Revoke::Replayed, "none was forgotten");
    clock.advance(RETENTION.logout_ids);
    revoke(&*store, alice, Some(2)).await.expect("what no longer matters makes room");
}

#[tokio::test]
async fn marks_are_kept_to_the_moment_and_then_let_go() {
    let (store, clock) = open(MemoryStore::builder());
    revoke(&*store, vec![realm().subject("bob")], Some(1)).await.expect("there is room");
    let millisecond = Duration::from_millis(1);

    clock.advance(RETENTION.logout_ids - millisecond);
    assert_eq!(reaped(&*store).await, 0);
    clock.advance(millisecond);
    assert_eq!(reaped(&*store).await, 1, "the logout token");
    clock.advance(RETENTION.cutoffs - RETENTION.logout_ids - millisecond);
    assert_eq!(reaped(&*store).await, 0);
    clock.advance(millisecond);
    assert_eq!(reaped(&*store).await, 1, "the cutoff");
}

#[tokio::test]
async fn a_realm_keeps_to_the_longest_retention_it_was_opened_with() {
    let clock = TestClock::default();
    let backend = MemoryStore::builder().clock(Arc::new(clock.clone())).build();
    let mut longer = RETENTION;
    longer.cutoffs *= 2;
    let store = backend.open(&realm(), RETENTION);
    backend.open(&realm(), longer);
    backend.open(&realm(), RETENTION);
    let under_way = session(0, "alice", None, store.now().await.expect("memory answers"));
    revoke(&*store, vec![realm().subject("alice")], None).await.expect("there is room");
    clock.advance(RETENTION.cutoffs + Duration::from_secs(1));
    assert_eq!(reaped(&*store).await, 0);
    let late = store.insert(under_way, None).await.expect("there is room").reply;
    assert_eq!(late, Insert::Refused);
}

/// Housekeeping finds what a logout struck also when it struck the same scope before, or one learned at a refresh.
#[tokio::test]
async fn housekeeping_finds_everything_that_was_struck() {
    let (store, clock) = open(MemoryStore::builder());
    for number in 0..3 {
        log_in(&*store, number, None).await.expect("there is room");
        revoke(&*store, vec![realm().subject("alice")], None).await.expect("there is room");
        assert_eq!(reaped(&*store).await, 1);
        clock.advance(Duration::from_millis(1));
    }
    log_in(&*store, 3, None).await.expect("there is room");
    let learned = CommitRefresh { listen: vec![realm().sid("s2")], ..rotation(1, 0, 1) };
    store.commit_refresh(&key(3), learned).await.expect("memory answers");
    revoke(&*store, vec![realm().sid("s2")], None).await.expect("there is room");
    assert_eq!(reaped(&*store).await, 1);
}

/// The index knows scopes by their first bytes; what shares them is not mistaken.
#[tokio::test]
async fn scopes_that_look_alike_are_not_mixed_up() {
    let (store, clock) = open(MemoryStore::builder());
    let alike = [1, 2].map(|last| {
        let mut bytes = [7; 32];
        bytes[31] = last;
        Scope::from_bytes(bytes)
    });
    for (number, subject) in alike.into_iter().enumerate() {
        let mut login = session(number as u32, "alice", None, store.now().await.expect("memory answers"));
        login.subject = subject;
        login.scopes = vec![subject];
        store.insert(login, None).await.expect("there is room");
    }
    let listed = store.sessions_of(&alike[0]).await.expect("memory answers").reply;
    assert_eq!(listed.iter().map(|session| session.id).collect::<Vec<_>>(), [PublicId::from_bytes([0; 16])]);
    let foreign = store.end_listed(&alike[0], &PublicId::from_bytes([1; 16])).await.expect("memory answers");
    assert_eq!(foreign.reply, Ended::Absent);

    revoke(&*store, vec![alike[0]], None).await.expect("there is room");
    clock.advance(Duration::from_secs(1));
    assert_eq!(reaped(&*store).await, 1);
    assert_eq!((is_live(&*store, 0).await, is_live(&*store, 1).await), (false, true));
}

#[tokio::test]
async fn one_realm_does_not_fill_another() {
    let backend = MemoryStore::builder().max_sessions(1).build();
    let elsewhere = Realm::new("https://acme.example", "docs-portal");
    for realm in [realm(), elsewhere] {
        log_in(&*backend.open(&realm, RETENTION), 0, None).await.expect("each has room for one");
    }
}

/// A flood of short sessions needs no more room than the bound, although nobody calls `reap`.
#[tokio::test]
async fn a_flood_of_logins_stays_within_the_bound() {
    let (store, clock) = open(MemoryStore::builder().max_sessions(16));
    for wave in 0..12 {
        for number in 0..16 {
            let login = log_in(&*store, wave * 16 + number, None).await;
            assert!(matches!(login, Ok(Insert::Stored(_))), "the wave before has lapsed");
        }
        assert!(matches!(log_in(&*store, 200, None).await, Err(StoreError::Full)));
        clock.advance(Duration::from_secs(20));
    }
    assert_eq!(reaped(&*store).await, 16, "that is all there was");
}

fn open(builder: MemoryStoreBuilder) -> (Arc<dyn SessionStore>, TestClock) {
    let clock = TestClock::default();
    let backend = builder.clock(Arc::new(clock.clone())).build();
    (backend.open(&realm(), RETENTION), clock)
}

async fn log_in(
    store: &dyn SessionStore,
    number: u32,
    ends: Option<SessionKey>,
) -> Result<Insert, StoreError> {
    let began = store.now().await?;
    Ok(store.insert(session(number, "alice", None, began), ends).await?.reply)
}

async fn is_live(store: &dyn SessionStore, number: u32) -> bool {
    matches!(store.load(&key(number)).await.expect("memory answers").reply, Load::Live(_))
}

async fn revoke(store: &dyn SessionStore, scopes: Vec<Scope>, id: Option<u8>) -> Result<Revoke, StoreError> {
    let revocation = Revocation { scopes, heard: None, logout: id.map(jti), spare: None };
    Ok(store.revoke(revocation).await?.reply)
}

async fn reaped(store: &dyn SessionStore) -> usize {
    store.reap(usize::MAX).await.expect("memory answers").reply.removed
}
