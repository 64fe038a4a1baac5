//! Sessions that no store keeps, and access tokens: which logouts cover them.

use std::{sync::Arc, time::Duration};

use vestibule_web::{
    conformance::{Moment, Verb},
    near_cache::BOUND,
    store::{Scope, SessionKey, StoreBackend, StoreTime},
};

use crate::nodes::{Engine, Node, RETENTION, follow, key, logout, realm};

const TICK: Duration = Duration::from_millis(1);
/// What access tokens are asked about as.
const NO_SESSION: SessionKey = SessionKey::from_bytes([0; 32]);

fn scopes() -> Vec<Scope> {
    vec![realm().everything(), realm().subject("alice"), realm().sid("s1")]
}

async fn start() -> (Engine, Node, StoreTime) {
    let engine = Engine::new();
    engine.clock.advance(TICK);
    let began = engine.now().await;
    engine.clock.advance(Duration::from_secs(100));
    let node = engine.node().await;
    (engine, node, began)
}

async fn is_covered(node: &Node, session: &SessionKey, began: StoreTime) -> bool {
    node.store.is_covered(session, &scopes(), began).await.unwrap().reply
}

/// Whether the answer is at hand.
async fn knows(node: &Node, session: &SessionKey, began: StoreTime) -> bool {
    let before = node.near.calls(Verb::IsCovered);
    is_covered(node, session, began).await;
    node.near.calls(Verb::IsCovered) == before
}

#[tokio::test(start_paused = true)]
async fn bm13_a_sealed_session_is_asked_about_once() {
    let (engine, node, began) = start().await;
    assert!(!is_covered(&node, &key(1), began).await);
    assert!(knows(&node, &key(1), began).await);
    assert!(!knows(&node, &key(2), began).await, "another session");
    engine.revoke(realm().subject("bob"), None).await;
    follow().await;
    assert!(knows(&node, &key(1), began).await, "another user's logout");
    engine.revoke(realm().subject("alice"), None).await;
    follow().await;
    assert!(is_covered(&node, &key(1), began).await);
    assert!(knows(&node, &key(1), began).await, "covered for good");
    assert!(is_covered(&node, &key(1), began).await);
}

#[tokio::test(start_paused = true)]
async fn bm13_a_logout_here_covers_sealed_sessions_at_once() {
    for fails in [false, true] {
        let (_engine, node, began) = start().await;
        assert!(!is_covered(&node, &key(1), began).await);
        let _deaf = node.deafen().await;
        if fails {
            node.far.fail_next(Verb::Revoke, Moment::After);
        }
        let revoked = node.store.revoke(logout(vec![realm().sid("s1")], None)).await;
        assert_eq!(revoked.is_err(), fails);
        assert!(is_covered(&node, &key(1), began).await);
    }
}

#[tokio::test(start_paused = true)]
async fn bm13_a_spared_sealed_session_stays_known() {
    let (engine, node, began) = start().await;
    assert!(!is_covered(&node, &key(1), began).await && !is_covered(&node, &key(2), began).await);
    engine.revoke(realm().subject("alice"), Some(key(1))).await;
    follow().await;
    assert!(knows(&node, &key(1), began).await && !is_covered(&node, &key(1), began).await);
    assert!(is_covered(&node, &key(2), began).await);
}

#[tokio::test(start_paused = true)]
async fn bm13_past_the_bound_a_sealed_session_is_asked_about() {
    let (engine, node, began) = start().await;
    assert!(!is_covered(&node, &key(1), began).await);
    let _deaf = node.deafen().await;
    engine.revoke(realm().sid("s1"), None).await;
    engine.clock.advance(BOUND);
    assert!(!is_covered(&node, &key(1), began).await, "it could not know");
    engine.clock.advance(TICK);
    assert!(is_covered(&node, &key(1), began).await);
    node.far.outage(true);
    assert!(node.store.is_covered(&key(2), &scopes(), began).await.is_err());
}

/// The tokens of one user share an answer, whenever they were made: the later, the fewer logouts cover them.
#[tokio::test(start_paused = true)]
async fn bm13_g13_one_answer_serves_the_tokens_of_one_user() {
    let (engine, node, began) = start().await;
    let later = began.plus(Duration::from_secs(50));
    assert!(!is_covered(&node, &NO_SESSION, began).await);
    assert!(knows(&node, &NO_SESSION, later).await, "it is no older");
    assert!(!knows(&node, &NO_SESSION, StoreTime::from_millis(began.as_millis() - 1)).await, "it may be");
    assert!(knows(&node, &NO_SESSION, began).await);

    let mut between = logout(vec![realm().subject("alice")], None);
    between.heard = Some(began.plus(Duration::from_secs(20)));
    engine.store.revoke(between).await.unwrap();
    follow().await;
    assert!(knows(&node, &NO_SESSION, later).await && !is_covered(&node, &NO_SESSION, later).await);
    assert!(is_covered(&node, &NO_SESSION, began).await);
    assert!(
        knows(&node, &NO_SESSION, began).await && knows(&node, &NO_SESSION, later).await,
        "both, from now on"
    );
    let middle = began.plus(Duration::from_secs(20));
    assert!(is_covered(&node, &NO_SESSION, middle).await, "equal moments are covered");
    assert!(!is_covered(&node, &NO_SESSION, middle.plus(TICK)).await);
}

#[tokio::test(start_paused = true)]
async fn bm13_what_is_older_than_any_cutoff_is_asked_about() {
    let (engine, node, began) = start().await;
    assert!(!is_covered(&node, &key(1), began).await);
    engine.clock.advance(RETENTION.cutoffs - Duration::from_secs(100) - TICK);
    follow().await;
    assert!(!is_covered(&node, &key(1), began).await);
    engine.clock.advance(TICK + TICK);
    follow().await;
    assert!(is_covered(&node, &key(1), began).await);
}

/// As when the engine was emptied: what it told before does not count.
#[tokio::test(start_paused = true)]
async fn bm13_who_lagged_forgets_what_was_not_covered() {
    let (engine, node, began) = start().await;
    assert!(!is_covered(&node, &key(1), began).await);
    let deaf = node.deafen().await;
    engine.revoke(realm().sid("s1"), None).await;
    for number in 0..=crate::nodes::LOG as u64 {
        engine.store.end(&engine.sign_in(100 + number).await).await.unwrap();
    }
    drop(deaf);
    follow().await;
    assert!(is_covered(&node, &key(1), began).await);
}

/// An answer from before a logout, beside it, in every order.
#[tokio::test(start_paused = true)]
async fn bm13_an_answer_from_before_the_logout_is_held_against_it() {
    for told_first in [false, true] {
        let (engine, node, began) = start().await;
        let slow = node.far.stall_next(Verb::IsCovered, Moment::After);
        let store = Arc::clone(&node.store);
        let asked = tokio::spawn(async move { store.is_covered(&key(1), &scopes(), began).await });
        slow.reached().await;
        let deaf = node.deafen().await;
        engine.revoke(realm().sid("s1"), None).await;
        if told_first {
            drop(deaf);
            follow().await;
            slow.release();
            assert!(!asked.await.unwrap().unwrap().reply, "it was true when it was asked");
        } else {
            slow.release();
            assert!(!asked.await.unwrap().unwrap().reply);
            drop(deaf);
            follow().await;
        }
        assert!(is_covered(&node, &key(1), began).await);
    }
}

/// Who opens a realm for longer knows longer; the answers are the same.
#[tokio::test(start_paused = true)]
async fn the_longest_retention_counts() {
    let (engine, node, began) = start().await;
    let mut longer = RETENTION;
    longer.cutoffs *= 2;
    let store = node.cache.open(&realm(), longer);
    engine.clock.advance(RETENTION.cutoffs);
    follow().await;
    assert!(!store.is_covered(&key(1), &scopes(), began).await.unwrap().reply);
    assert!(knows(&node, &key(1), began).await);
}
