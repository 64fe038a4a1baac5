//! `revoke`: whom it strikes, and when.

use crate::store::{Insert, Load, Realm, Revocation, Scope, StoreTime};

use super::{
    Subject,
    fixture::{Fixture, reply},
};

/// Each kind of logout ends exactly the sessions that listen to it (D11, B20, B21).
pub async fn a_logout_strikes_exactly_its_scope(subject: &dyn Subject) {
    let who = [("alice", Some("s1")), ("alice", Some("s2")), ("alice", None), ("bob", Some("s3"))];
    let realm = Realm::new("https://acme.example", "dashboard");
    let cases: [(&str, Scope, [bool; 4]); 7] = [
        ("sid", realm.sid("s1"), [false, true, true, true]),
        ("sub", realm.subject("alice"), [false, false, false, true]),
        ("sid of sub", realm.sid_of_subject("s2", "alice"), [true, false, true, true]),
        ("sub without sid", realm.subject_without_sid("alice"), [true, true, false, true]),
        ("client", realm.everything(), [false; 4]),
        ("unknown sid", realm.sid("s9"), [true; 4]),
        ("unknown sub", realm.subject("carol"), [true; 4]),
    ];
    for (kind, scope, lives) in cases {
        let fixture = Fixture::new(subject).await;
        let mut sessions = Vec::new();
        for (sub, sid) in who {
            sessions.push(fixture.sign_in(sub, sid).await);
        }
        fixture.revoke(&[scope]).await;
        for (session, lives) in sessions.iter().zip(lives) {
            assert_eq!(fixture.is_live(session).await, lives, "{kind} {session:?}");
        }
    }
    let fixture = Fixture::new(subject).await;
    let [one, other] = [fixture.sign_in("alice", None).await, fixture.sign_in("alice", None).await];
    fixture.revoke(&[fixture.realm.session(&one)]).await;
    assert_eq!((fixture.is_live(&one).await, fixture.is_live(&other).await), (false, true), "session");
}

/// A `sid` sent with another's `sub` strikes nobody; with the right one, also what never knew a `sid` (B22).
pub async fn sid_and_sub_strike_together(subject: &dyn Subject) {
    let fixture = Fixture::new(subject).await;
    let with_sid = fixture.sign_in("alice", Some("s1")).await;
    let sibling = fixture.sign_in("alice", Some("s2")).await;
    let without_sid = fixture.sign_in("alice", None).await;
    let both = |sid: &str, sub: &str| {
        [fixture.realm.sid_of_subject(sid, sub), fixture.realm.subject_without_sid(sub)]
    };

    fixture.revoke(&both("s1", "bob")).await;
    for session in [with_sid, sibling, without_sid] {
        assert!(fixture.is_live(&session).await, "the wrong sub strikes nobody");
    }
    fixture.revoke(&both("s1", "alice")).await;
    assert!(!fixture.is_live(&with_sid).await);
    assert!(!fixture.is_live(&without_sid).await);
    assert!(fixture.is_live(&sibling).await, "another sid is another session");
}

/// Equal names at another issuer or of another client are other names (B20, B21).
pub async fn a_logout_stays_in_its_realm(subject: &dyn Subject) {
    let fixture = Fixture::new(subject).await;
    let here = fixture.sign_in("alice", Some("s1")).await;
    for realm in [
        Realm::new("https://other.example", "dashboard"),
        Realm::new("https://acme.example", "docs-portal"),
        Realm::new("https://acme.example/", "dashboard"),
    ] {
        let store = fixture.open(&realm);
        let there = fixture.new_session_in(&realm, "alice", Some("s1")).await;
        let key = there.key;
        reply(store.insert(there, None).await);
        let scopes = vec![realm.everything(), realm.subject("alice"), realm.sid("s1")];
        reply(store.revoke(Revocation { scopes, heard: None, logout: None, spare: None }).await);
        assert!(!matches!(reply(store.load(&key).await), Load::Live(_)));
        assert!(fixture.is_live(&here).await, "{realm:?} is another realm");
    }
}

/// A login that began at the very moment of the logout is covered by it.
pub async fn equal_moments_are_covered(subject: &dyn Subject) {
    let fixture = Fixture::new(subject).await;
    let session = fixture.new_session("alice", Some("s1")).await;
    let began = session.began;
    let key = fixture.stored(session).await.key;
    fixture.pass(3).await;
    heard_at(&fixture, &[fixture.realm.sid("s1")], Some(began)).await;
    assert!(!fixture.is_live(&key).await);
}

/// A login that began after the logout was heard lives, also under the same `sid`; and it does not clear the cutoff for
/// those from before (B20, BM06).
pub async fn a_later_login_lives_and_clears_nothing(subject: &dyn Subject) {
    let fixture = Fixture::new(subject).await;
    let old = fixture.sign_in("alice", Some("s1")).await;
    let under_way = fixture.new_session("alice", Some("s1")).await;
    fixture.pass(1).await;
    fixture.revoke(&[fixture.realm.sid("s1"), fixture.realm.subject("alice")]).await;
    fixture.pass(1).await;

    let new = fixture.sign_in("alice", Some("s1")).await;
    assert!(fixture.is_live(&new).await);
    assert!(!fixture.is_live(&old).await);
    let refused = reply(fixture.store.insert(under_way, None).await);
    assert_eq!(refused, Insert::Refused);
}

/// The moment that counts is the one at which the logout was first heard: a retry that gets through later does not
/// strike a login in between (BM09).
pub async fn the_moment_first_heard_counts(subject: &dyn Subject) {
    let fixture = Fixture::new(subject).await;
    let before = fixture.sign_in("alice", Some("s1")).await;
    fixture.pass(1).await;
    let heard = fixture.now().await;
    fixture.pass(1).await;
    let after = fixture.sign_in("alice", Some("s1")).await;

    for _ in 0..2 {
        assert_eq!(heard_at(&fixture, &[fixture.realm.sid("s1")], Some(heard)).await, heard);
        assert!(!fixture.is_live(&before).await);
        assert!(fixture.is_live(&after).await);
    }
}

/// A moment ahead of the store's time counts as now, so that no login to come is struck.
pub async fn a_logout_from_the_future_counts_as_now(subject: &dyn Subject) {
    let fixture = Fixture::new(subject).await;
    let ahead = fixture.now().await.plus(fixture.units(50));
    let cutoff = heard_at(&fixture, &[fixture.realm.subject("alice")], Some(ahead)).await;
    assert!(cutoff <= fixture.now().await);
    fixture.pass(1).await;
    let later = fixture.sign_in("alice", None).await;
    assert!(fixture.is_live(&later).await);
}

/// Of two logouts the later moment counts, whichever arrives first (BM06: maximum).
pub async fn cutoffs_merge_by_maximum(subject: &dyn Subject) {
    for swapped in [false, true] {
        let fixture = Fixture::new(subject).await;
        let early = fixture.now().await;
        fixture.pass(1).await;
        let between = fixture.sign_in("alice", Some("s1")).await;
        fixture.pass(1).await;
        let late = fixture.now().await;
        fixture.pass(1).await;
        let after = fixture.sign_in("alice", Some("s1")).await;

        let moments = if swapped { [late, early] } else { [early, late] };
        for moment in moments {
            heard_at(&fixture, &[fixture.realm.sid("s1")], Some(moment)).await;
        }
        assert!(!fixture.is_live(&between).await);
        assert!(fixture.is_live(&after).await);
    }
}

/// One logout ends every session of a user at once, before any housekeeping (B21, BM11).
pub async fn one_logout_ends_many_at_once(subject: &dyn Subject) {
    let fixture = Fixture::new(subject).await;
    let mut sessions = Vec::new();
    for number in 0..200 {
        sessions.push(fixture.sign_in("alice", Some(&format!("s{number}"))).await);
    }
    let other = fixture.sign_in("bob", Some("s1")).await;
    fixture.revoke(&[fixture.realm.subject("alice")]).await;
    for session in &sessions {
        assert!(!fixture.is_live(session).await);
    }
    assert!(fixture.is_live(&other).await);
}

/// A logout for somebody who has no session takes effect on the login that is under way (B23, BM02).
pub async fn a_logout_of_nobody_is_remembered(subject: &dyn Subject) {
    let fixture = Fixture::new(subject).await;
    let under_way = fixture.new_session("alice", Some("s1")).await;
    fixture.revoke(&[fixture.realm.sid_of_subject("s1", "alice")]).await;
    fixture.pass(45).await;
    while reply(fixture.store.reap(100).await).more {}
    let answer = reply(fixture.other_node().insert(under_way, None).await);
    assert_eq!(answer, Insert::Refused, "a cutoff is kept for as long as it matters");
}

async fn heard_at(fixture: &Fixture<'_>, scopes: &[Scope], heard: Option<StoreTime>) -> StoreTime {
    fixture.revoke_with(Revocation { scopes: scopes.to_vec(), heard, logout: None, spare: None }).await
}
