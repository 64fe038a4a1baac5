//! `insert`.

use std::time::Duration;

use bytes::Bytes;

use crate::store::{Insert, Load, StoreTime};

use super::{
    Subject,
    fixture::{Fixture, reply},
};

/// What was stored is loaded, whole: on this node and on another, from the empty value to a large one (D12, torn write).
pub async fn a_record_comes_back_whole(subject: &dyn Subject) {
    let fixture = Fixture::new(subject).await;
    for payload in [Bytes::new(), Bytes::from_static(b"\0\xff\r\n\"'"), Bytes::from(vec![0xa5; 60_000])] {
        let mut session = fixture.new_session("alice", Some("s1")).await;
        session.label = payload.clone();
        session.grant = payload.clone();
        session.data = payload.clone();
        session.refresh = session.refresh.filter(|_| !payload.is_empty());
        let wanted = session.clone();
        let stored = fixture.stored(session).await;

        assert_eq!(stored.key, wanted.key);
        assert_eq!(stored.public_id, wanted.public_id);
        assert_eq!(stored.subject, wanted.subject);
        assert_eq!(stored.scopes, wanted.scopes);
        assert_eq!(stored.began, wanted.began);
        assert!(stored.created >= wanted.began, "it was stored after it began");
        assert_eq!(stored.last_seen, stored.created);
        assert_eq!(stored.idle_end, stored.created.plus(wanted.idle));
        assert_eq!(stored.absolute_end, stored.created.plus(wanted.absolute));
        assert_eq!((&stored.label, &stored.grant, &stored.data), (&payload, &payload, &payload));
        assert_eq!(stored.refresh, wanted.refresh);
        assert_eq!((stored.version, stored.grant_version), (0, 0));
        assert_eq!((stored.lease, stored.attempts.len()), (None, 0));

        assert_eq!(fixture.record(&wanted.key).await, stored);
        assert_eq!(reply(fixture.other_node().load(&wanted.key).await), Load::Live(stored));
    }
}

/// A key that is taken keeps its record, and the session that would have ended lives (BM04: no upsert).
pub async fn insert_never_overwrites(subject: &dyn Subject) {
    let fixture = Fixture::new(subject).await;
    let first = fixture.new_session("alice", None).await;
    let bystander = fixture.sign_in("bob", None).await;
    let stored = fixture.stored(first.clone()).await;

    let mut second = first;
    second.data = Bytes::from_static(b"other");
    let answer = reply(fixture.store.insert(second.clone(), Some(bystander)).await);
    assert_eq!(answer, Insert::Occupied);
    assert_eq!(reply(fixture.store.insert(second.clone(), Some(second.key)).await), Insert::Occupied);
    assert_eq!(fixture.record(&stored.key).await, stored);
    assert!(fixture.is_live(&bystander).await, "nothing ended");
}

/// The browser's old session ends in the same step as the new one is stored.
pub async fn insert_ends_the_old_session(subject: &dyn Subject) {
    let fixture = Fixture::new(subject).await;
    let old = fixture.sign_in("alice", Some("s1")).await;
    let new = fixture.new_session("alice", Some("s1")).await;
    let key = new.key;
    assert!(matches!(reply(fixture.store.insert(new, Some(old)).await), Insert::Stored(_)));
    assert!(!fixture.is_live(&old).await, "the old session has ended");
    assert!(fixture.is_live(&key).await);

    let strangers_key = fixture.new_session("nobody", None).await.key;
    let another = fixture.new_session("alice", Some("s1")).await;
    let answer = reply(fixture.store.insert(another, Some(strangers_key)).await);
    assert!(matches!(answer, Insert::Stored(_)), "an old session that is no more is no obstacle");
}

/// A logout heard while a login was under way refuses it, whatever the logout struck; the browser's old session ends
/// all the same (BM02).
pub async fn insert_is_refused_when_covered(subject: &dyn Subject) {
    let fixture = Fixture::new(subject).await;
    let scopes = fixture.new_session("alice", Some("s1")).await.scopes.len();
    for struck in 0..scopes {
        let login = fixture.new_session("alice", Some("s1")).await;
        let old = fixture.sign_in("bob", None).await;
        fixture.pass(1).await;
        let scope = login.scopes.get(struck).copied();
        fixture.revoke(scope.as_slice()).await;
        fixture.pass(1).await;

        let key = login.key;
        assert_eq!(reply(fixture.store.insert(login, Some(old)).await), Insert::Refused);
        assert_eq!(reply(fixture.store.load(&key).await), Load::Absent, "nothing was stored");
        assert!(!fixture.is_live(&old).await, "the old session has ended");
    }
}

/// A login that began before the store came into being is refused: the store may have lost the logout that covers it.
pub async fn insert_refuses_what_is_older_than_the_store(subject: &dyn Subject) {
    let fixture = Fixture::new(subject).await;
    let mut session = fixture.new_session("alice", None).await;
    session.began = StoreTime::from_millis(0);
    assert_eq!(reply(fixture.store.insert(session, None).await), Insert::Refused);
}

/// A login is not protected from logouts by a start ahead of the store's time.
pub async fn a_start_ahead_counts_as_now(subject: &dyn Subject) {
    let fixture = Fixture::new(subject).await;
    let mut session = fixture.new_session("alice", Some("s1")).await;
    session.began = session.began.plus(fixture.units(50));
    let key = session.key;
    let stored = fixture.stored(session).await;
    assert!(stored.began <= stored.created, "no login began later than it was stored");
    fixture.revoke(&[fixture.realm.sid("s1")]).await;
    assert!(!fixture.is_live(&key).await);
}

/// No session outlives the cutoffs that could cover it: its absolute end is cut short, and a login that is too old is
/// refused.
pub async fn no_session_outlives_the_cutoffs(subject: &dyn Subject) {
    let fixture = Fixture::new(subject).await;
    let mut session = fixture.new_session("alice", None).await;
    let began = session.began;
    session.absolute = Duration::MAX;
    session.idle = Duration::MAX;
    let stored = fixture.stored(session).await;
    assert_eq!(stored.absolute_end, began.plus(fixture.units(90)));
    assert_eq!(stored.idle_end, stored.absolute_end);

    let old = fixture.new_session("bob", None).await;
    fixture.pass(90).await;
    assert_eq!(reply(fixture.store.insert(old, None).await), Insert::Refused);
    assert!(!fixture.is_live(&stored.key).await);
}
