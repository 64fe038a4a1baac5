//! Logouts, as they strike what is at hand.

use std::time::Duration;

use vestibule_web::{
    conformance::{Moment, Verb},
    store::{GoneReason, Load, SessionKey},
};

use crate::nodes::{Engine, Node, follow, key, logout, realm};

/// An engine with sessions 1 to 3 of one user, which the node has at hand.
async fn start() -> (Engine, Node) {
    let engine = Engine::new();
    for number in 1..=3 {
        engine.sign_in(number).await;
    }
    let node = engine.node().await;
    for number in 1..=3 {
        assert!(node.is_live(&key(number)).await && node.has(&key(number)).await);
    }
    (engine, node)
}

async fn live(node: &Node) -> Vec<u64> {
    let mut live = Vec::new();
    for number in 1..=3 {
        if node.is_live(&key(number)).await {
            live.push(number);
        }
    }
    live
}

/// Which sessions are read anew.
async fn read_anew(node: &Node) -> Vec<u64> {
    let mut anew = Vec::new();
    for number in 1..=3 {
        if !node.has(&key(number)).await {
            anew.push(number);
        }
    }
    anew
}

#[tokio::test(start_paused = true)]
async fn bm13_a_logout_elsewhere_strikes_whom_it_names_and_nobody_else() {
    let (engine, node) = start().await;
    engine.revoke(realm().sid("s2"), None).await;
    follow().await;
    assert_eq!(read_anew(&node).await, [2], "the others stay at hand");
    assert_eq!(node.load(&key(2)).await, Load::Gone(GoneReason::Revoked));
    engine.revoke(realm().subject("bob"), None).await;
    follow().await;
    assert_eq!(live(&node).await, [1, 3]);
    engine.revoke(realm().everything(), None).await;
    follow().await;
    assert_eq!(live(&node).await, [0; 0]);
}

#[tokio::test(start_paused = true)]
async fn bm13_the_session_that_is_spared_stays_at_hand() {
    let (engine, node) = start().await;
    let heard = engine.now().await;
    engine.clock.advance(Duration::from_secs(1));
    follow().await;
    let others = realm().others_of_subject("alice");
    engine.revoke(others, Some(key(2))).await;
    follow().await;
    assert_eq!(read_anew(&node).await, [1, 3]);
    assert_eq!(live(&node).await, [2]);

    // One that was heard before arrives late.
    let mut late = logout(vec![others], None);
    late.heard = Some(heard);
    engine.store.revoke(late).await.unwrap();
    follow().await;
    assert_eq!(live(&node).await, [0; 0]);
}

#[tokio::test(start_paused = true)]
async fn bm13_a_later_login_is_at_hand_after_the_logout() {
    let (engine, node) = start().await;
    engine.revoke(realm().subject("alice"), None).await;
    engine.clock.advance(Duration::from_millis(1));
    engine.sign_in(4).await;
    assert!(node.is_live(&key(4)).await);
    follow().await;
    assert!(node.has(&key(4)).await, "the logout that is told now was before it");
}

/// A logout that the engine does not take strikes here at once: what is at hand is not enough to let anybody in.
#[tokio::test(start_paused = true)]
async fn bm13_a_logout_in_an_outage_strikes_here_at_once() {
    let (engine, node) = start().await;
    let _deaf = node.deafen().await;
    node.far.outage(true);
    assert!(node.is_live(&key(1)).await, "within the bound a request needs no engine");
    assert!(node.store.revoke(logout(vec![realm().sid("s1")], None)).await.is_err());
    assert!(node.store.load(&key(1)).await.is_err(), "an error, not a session");
    assert!(node.is_live(&key(2)).await, "of others nothing was heard");
    drop(engine);
}

/// A logout token that was spent before: by a first try of this node, perhaps, whose reply was lost.
#[tokio::test(start_paused = true)]
async fn bm13_a_logout_that_was_carried_out_before_counts_here_too() {
    let (engine, node) = start().await;
    let _deaf = node.deafen().await;
    let mut revocation = logout(vec![realm().sid("s1")], None);
    revocation.logout = Some(realm().logout_id("jti-1"));
    engine.store.revoke(revocation.clone()).await.unwrap();
    assert!(node.is_live(&key(1)).await, "nothing of it was heard here");
    node.store.revoke(revocation).await.unwrap();
    assert_eq!(node.load(&key(1)).await, Load::Gone(GoneReason::Revoked));
}

/// A read that was under way when the logout was told: its answer, from before, is held against it.
#[tokio::test(start_paused = true)]
async fn bm13_a_read_from_before_the_logout_is_held_against_it() {
    let engine = Engine::new();
    engine.sign_in(1).await;
    let node = engine.node().await;
    let slow = node.far.stall_next(Verb::Load, Moment::After);
    let store = std::sync::Arc::clone(&node.store);
    let load = tokio::spawn(async move { store.load(&key(1)).await });
    slow.reached().await;
    engine.revoke(realm().sid("s1"), None).await;
    follow().await;
    slow.release();
    assert!(matches!(load.await.unwrap().unwrap().reply, Load::Live(_)), "it was true when it was asked");
    assert_eq!(node.load(&key(1)).await, Load::Gone(GoneReason::Revoked));
}

/// More logouts than are remembered: what was not checked against them is read anew, and is right.
#[tokio::test(start_paused = true)]
async fn bm13_after_a_flood_of_logouts_nobody_is_believed_unread() {
    let (engine, node) = start().await;
    let everybody: Vec<SessionKey> = (0..20_000).map(|number| key(1000 + number)).collect();
    let scopes = everybody.iter().map(|key| realm().session(key)).chain([realm().sid("s1")]).collect();
    engine.store.revoke(logout(scopes, None)).await.unwrap();
    follow().await;
    assert_eq!(read_anew(&node).await, [1, 2, 3]);
    assert_eq!(live(&node).await, [2, 3]);
    assert_eq!(read_anew(&node).await, [1]);
}
