//! How much is at hand at most.

use bytes::Bytes;
use vestibule_web::store::{Insert, SessionKey};

use crate::nodes::{Engine, Node, key};

const MANY: u64 = 3000;

/// How many sessions the node can tell of without the engine.
async fn at_hand(node: &Node) -> u64 {
    let _deaf = node.deafen().await;
    node.far.outage(true);
    let mut count = 0;
    for number in 0..MANY {
        count += u64::from(node.store.load(&key(number)).await.is_ok());
    }
    count
}

async fn load_all(engine: &Engine, node: &Node, size: usize) {
    for number in 0..MANY {
        let mut session = engine.session(number).await;
        session.data = Bytes::from(vec![0; size]);
        let stored = engine.store.insert(session, None).await.unwrap().reply;
        assert!(matches!(stored, Insert::Stored(_)));
        assert!(node.is_live(&key(number)).await);
    }
}

#[tokio::test(start_paused = true)]
async fn bm13_no_more_sessions_are_at_hand_than_may_be() {
    let engine = Engine::new();
    let node = engine.node_with(|cache| cache.max_sessions(1000)).await;
    load_all(&engine, &node, 10).await;
    let at_hand = at_hand(&node).await;
    assert!((500..=1000).contains(&at_hand), "{at_hand}");
}

#[tokio::test(start_paused = true)]
async fn bm13_no_more_bytes_are_at_hand_than_may_be() {
    let engine = Engine::new();
    let node = engine.node_with(|cache| cache.max_bytes(1024 * 1024)).await;
    load_all(&engine, &node, 4096).await;
    let at_hand = at_hand(&node).await;
    assert!((100..=256).contains(&at_hand), "{at_hand}");
}

/// A cache without room is none, and nothing is wrong with it.
#[tokio::test(start_paused = true)]
async fn bm13_correctness_needs_no_room() {
    let engine = Engine::new();
    let node = engine.node_with(|cache| cache.max_sessions(0).max_bytes(0)).await;
    let session: SessionKey = engine.sign_in(1).await;
    assert!(node.is_live(&session).await);
    engine.store.end(&session).await.unwrap();
    crate::nodes::follow().await;
    assert!(!node.is_live(&session).await);
}
