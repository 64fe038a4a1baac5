//! `is_covered`: sessions that no store keeps.

use crate::store::{NewSession, Revocation, StoreTime};

use super::{
    Subject,
    fixture::{Fixture, reply},
};

/// By a logout of any of its scopes, at equal moments too; not by one before it began, of somebody else, or that
/// spares it.
pub async fn a_sealed_session_ends_like_a_stored_one(subject: &dyn Subject) {
    let fixture = Fixture::new(subject).await;
    let all = fixture.new_session("alice", Some("s1")).await.scopes.len();
    for struck in 0..all {
        let session = fixture.new_session("alice", Some("s1")).await;
        assert!(!is_covered(&fixture, &session).await, "an earlier logout");
        fixture.revoke(&[fixture.realm.subject("bob")]).await;
        assert!(!is_covered(&fixture, &session).await, "another user's logout");

        let scope = session.scopes[struck];
        let heard = Some(session.began);
        let mut logout = Revocation { scopes: vec![scope], heard, logout: None, spare: Some(session.key) };
        fixture.revoke_with(logout.clone()).await;
        assert!(!is_covered(&fixture, &session).await, "it was spared");
        logout.spare = None;
        fixture.revoke_with(logout).await;
        assert!(is_covered(&fixture, &session).await);
        fixture.pass(1).await;
    }
}

/// What is older than the store, or than what the store remembers, has ended.
pub async fn a_sealed_session_outlives_neither_store_nor_cutoffs(subject: &dyn Subject) {
    let fixture = Fixture::new(subject).await;
    let session = fixture.new_session("alice", None).await;
    assert!(is_covered_at(&fixture, &session, StoreTime::from_millis(0)).await);
    assert!(!is_covered(&fixture, &session).await);
    fixture.pass(90).await;
    assert!(is_covered(&fixture, &session).await);
}

async fn is_covered(fixture: &Fixture<'_>, session: &NewSession) -> bool {
    is_covered_at(fixture, session, session.began).await
}

async fn is_covered_at(fixture: &Fixture<'_>, session: &NewSession, began: StoreTime) -> bool {
    let here = reply(fixture.store.is_covered(&session.key, &session.scopes, began).await);
    let there = reply(fixture.other_node().is_covered(&session.key, &session.scopes, began).await);
    assert_eq!(here, there, "every node answers alike");
    here
}
