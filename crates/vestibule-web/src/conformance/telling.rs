//! `changes`.

use std::time::Duration;

use bytes::Bytes;

use crate::store::{Change, ChangeCursor, Changes, Insert, Revocation};

use super::{
    Subject,
    fixture::{Fixture, holder, key, logout_id, reply, rotation, token},
};

/// Every end and every logout is told, in order, to whoever reads on from where they were.
pub async fn ends_and_logouts_are_told(subject: &dyn Subject) {
    let fixture = Fixture::new(subject).await;
    let mut sessions = Vec::new();
    for _ in 0..4 {
        sessions.push(fixture.sign_in("alice", None).await);
    }
    let from = fixture.log_end().await;

    reply(fixture.store.end(&sessions[0]).await);
    let next = fixture.new_session("bob", None).await;
    assert!(matches!(reply(fixture.store.insert(next, Some(sessions[1])).await), Insert::Stored(_)));
    let id = fixture.record(&sessions[2]).await.public_id;
    reply(fixture.store.end_listed(&fixture.realm.subject("alice"), &id).await);
    reply(fixture.store.end_if(&sessions[3], &holder(1), &token(0)).await);
    let spared = Some(sessions[0]);
    let scopes = vec![fixture.realm.subject("alice")];
    let revocation = Revocation { scopes: scopes.clone(), heard: None, logout: None, spare: spared };
    let cutoff = fixture.revoke_with(revocation).await;

    let told = fixture.log_after(from).await;
    let mut wanted: Vec<_> = sessions.iter().map(|session| Change::Ended(*session)).collect();
    wanted.push(Change::Revoked { scopes, cutoff, spared });
    assert_eq!(told, wanted);
    let Changes::Entries { entries, next } = reply(fixture.other_node().changes(from, Duration::ZERO).await)
    else {
        panic!("the log reaches back that far");
    };
    assert_eq!(entries, wanted);
    assert_eq!(fixture.log_after(next).await, []);
}

/// New data and new tokens of a session are told; what nobody but the store looks at is not.
pub async fn replacements_are_told(subject: &dyn Subject) {
    let fixture = Fixture::new(subject).await;
    let session = fixture.sign_in("alice", None).await;
    let from = fixture.log_end().await;

    reply(fixture.store.replace(&session, 0, Bytes::from_static(b"new")).await);
    reply(fixture.store.replace(&session, 0, Bytes::from_static(b"newer")).await);
    assert_eq!(fixture.log_after(from).await, [Change::Replaced(session)], "the second was a conflict");

    let (lease, from) = (fixture.units(5), fixture.log_end().await);
    reply(fixture.store.touch(&session, fixture.units(30)).await);
    reply(fixture.store.lease(&session, &holder(1), lease).await);
    reply(fixture.store.begin_attempt(&session, &holder(1), &token(0), lease).await);
    assert_eq!(fixture.log_after(from).await, []);
    reply(fixture.store.commit_refresh(&session, rotation(holder(1), 0)).await);
    reply(fixture.store.commit_refresh(&session, rotation(holder(2), 0)).await);
    assert_eq!(fixture.log_after(from).await, [Change::Replaced(session)], "the second was superseded");
}

/// What changed nothing that anybody looks at is not told.
pub async fn what_changed_nothing_is_not_told(subject: &dyn Subject) {
    let fixture = Fixture::new(subject).await;
    let session = fixture.sign_in("alice", None).await;
    let heard = Some(fixture.now().await);
    let logout = Some(logout_id(&fixture.realm, "jti-1"));
    let scopes = vec![fixture.realm.subject("bob")];
    let revocation = Revocation { scopes, heard, logout, spare: None };
    fixture.revoke_with(revocation.clone()).await;
    let from = fixture.log_end().await;

    reply(fixture.store.revoke(revocation.clone()).await);
    fixture.revoke_with(Revocation { logout: None, ..revocation }).await;
    reply(fixture.store.end(&key(1)).await);
    reply(fixture.store.touch(&session, fixture.units(30)).await);
    while reply(fixture.store.reap(100).await).more {}
    assert_eq!(fixture.log_after(from).await, []);
}

/// Whoever waits is told as soon as something happens.
pub async fn waiting_ends_with_the_news(subject: &dyn Subject) {
    let fixture = Fixture::new(subject).await;
    let session = fixture.sign_in("alice", None).await;
    let from = fixture.log_end().await;
    let store = fixture.other_node();
    let waiting = tokio::spawn(async move { reply(store.changes(from, Duration::from_secs(30)).await) });
    tokio::task::yield_now().await;
    reply(fixture.store.end(&session).await);
    let Changes::Entries { entries, .. } = waiting.await.expect("the wait ended") else {
        panic!("the log reaches back that far");
    };
    assert_eq!(entries, [Change::Ended(session)]);
}

/// Whoever waits in vain may go on from the same place.
pub async fn waiting_in_vain_keeps_the_place(subject: &dyn Subject) {
    let fixture = Fixture::new(subject).await;
    let from = fixture.log_end().await;
    for patience in [Duration::ZERO, Duration::from_millis(1)] {
        let answer = reply(fixture.store.changes(from, patience).await);
        assert_eq!(answer, Changes::Entries { entries: Vec::new(), next: from });
    }
}

/// Whoever comes too late is told so, and so is whoever is ahead of a store that lost its log; both can go on.
pub async fn who_lags_is_told(subject: &dyn Subject) {
    let fixture = Fixture::new(subject).await;
    let from = fixture.log_end().await;
    for number in 0..=fixture.log_bound() {
        let session = fixture.sign_in("alice", None).await;
        reply(fixture.store.end(&session).await);
        if number == 0 {
            assert!(!lags(&fixture, from).await, "one change is not too much");
        }
    }
    assert!(lags(&fixture, from).await);
    assert!(lags(&fixture, ChangeCursor::START).await);
    assert!(lags(&fixture, ChangeCursor::from_position(u64::MAX)).await, "no log reaches that far");

    let Changes::Lagged { next } = reply(fixture.store.changes(from, Duration::ZERO).await) else {
        panic!("the log has dropped that entry");
    };
    assert_eq!(next, fixture.log_end().await);
    let session = fixture.sign_in("alice", None).await;
    reply(fixture.store.end(&session).await);
    assert_eq!(fixture.log_after(next).await, [Change::Ended(session)]);
}

async fn lags(fixture: &Fixture<'_>, from: ChangeCursor) -> bool {
    matches!(reply(fixture.store.changes(from, Duration::ZERO).await), Changes::Lagged { .. })
}
