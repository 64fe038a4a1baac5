//! `revoke`: a logout token acts once.

use tokio::task::JoinSet;

use crate::store::{LogoutId, Realm, Revocation, Revoke};

use super::{
    Subject,
    fixture::{Fixture, reply},
};

/// A logout token that was spent is refused and has no effect, on every node: who logged in again stays (B13).
pub async fn a_logout_token_acts_once(subject: &dyn Subject) {
    let fixture = Fixture::new(subject).await;
    let logout = fixture.realm.logout_id("jti-1");
    let first = fixture.sign_in("alice", Some("s1")).await;
    assert!(matches!(reply(fixture.store.revoke(token(&fixture, logout)).await), Revoke::Revoked { .. }));
    assert!(!fixture.is_live(&first).await);

    fixture.pass(1).await;
    let second = fixture.sign_in("alice", Some("s1")).await;
    let end = fixture.log_end().await;
    for store in [fixture.other_node(), fixture.store.clone()] {
        assert_eq!(reply(store.revoke(token(&fixture, logout)).await), Revoke::Replayed);
    }
    assert!(fixture.is_live(&second).await, "a replay strikes nobody");
    assert_eq!(fixture.log_after(end).await, [], "and tells nobody");

    let another = fixture.realm.logout_id("jti-2");
    assert!(matches!(reply(fixture.store.revoke(token(&fixture, another)).await), Revoke::Revoked { .. }));
    assert!(!fixture.is_live(&second).await);
}

/// The same logout token at many nodes at once acts exactly once (B13).
pub async fn a_logout_token_at_many_nodes_acts_once(subject: &dyn Subject) {
    let fixture = Fixture::new(subject).await;
    let logout = fixture.realm.logout_id("jti-1");
    let mut nodes = JoinSet::new();
    for _ in 0..8 {
        let (store, revocation) = (fixture.other_node(), token(&fixture, logout));
        nodes.spawn(async move { reply(store.revoke(revocation).await) });
    }
    let mut acted = 0;
    while let Some(answer) = nodes.join_next().await {
        acted += usize::from(answer.expect("the node finished") != Revoke::Replayed);
    }
    assert_eq!(acted, 1);
}

/// A spent logout token is remembered for the whole retention, housekeeping or not.
pub async fn a_spent_logout_token_is_remembered(subject: &dyn Subject) {
    let fixture = Fixture::new(subject).await;
    let logout = fixture.realm.logout_id("jti-1");
    let spent = fixture.store.revoke(token(&fixture, logout)).await.expect("the store answers").at;
    fixture.pass(18).await;
    while reply(fixture.store.reap(100).await).more {}
    let again = fixture.store.revoke(token(&fixture, logout)).await.expect("the store answers");
    if again.at.since(spent) < fixture.units(20) {
        assert_eq!(again.reply, Revoke::Replayed);
    }
}

/// The same `jti` from another issuer or for another client is another token.
pub async fn a_logout_token_is_spent_in_its_realm_only(subject: &dyn Subject) {
    let fixture = Fixture::new(subject).await;
    let elsewhere = Realm::new("https://other.example", "dashboard");
    let there = fixture.open(&elsewhere);
    let revocation = Revocation {
        scopes: vec![elsewhere.subject("alice")],
        heard: None,
        logout: Some(elsewhere.logout_id("jti-1")),
        spare: None,
    };
    assert!(matches!(reply(there.revoke(revocation).await), Revoke::Revoked { .. }));
    let here = token(&fixture, fixture.realm.logout_id("jti-1"));
    assert!(matches!(reply(fixture.store.revoke(here).await), Revoke::Revoked { .. }));
}

fn token(fixture: &Fixture<'_>, logout: LogoutId) -> Revocation {
    Revocation { scopes: vec![fixture.realm.sid("s1")], heard: None, logout: Some(logout), spare: None }
}
