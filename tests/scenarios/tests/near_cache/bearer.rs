//! Access tokens that an API is called with.

use std::time::Duration;

use scenarios::{API, Answer, Mount, Node, Request, Sessions, World, on_every_mount};
use vestibule_web::conformance::Verb;

use crate::cluster::Cluster;

on_every_mount! {
    g13_bm13_a_call_needs_no_store_and_a_logout_reaches_every_node
}

async fn call(node: &Node, token: &str) -> Answer {
    node.receive(Request::api("/orders").header("authorization", format!("Bearer {token}"))).await
}

async fn g13_bm13_a_call_needs_no_store_and_a_logout_reaches_every_node(mount: &'static dyn Mount) -> World {
    let cluster = Cluster::new(mount, Sessions::Stored).await;
    // Older than any allowance for clocks.
    cluster.world.advance(Duration::from_secs(600));
    cluster.pass(Duration::from_secs(600));
    let token = || cluster.world.provider().access_token(API, |claims| claims["sub"] = "alice".into());
    for _ in 0..2 {
        for node in cluster.nodes() {
            assert_eq!(call(node, &token()).await.status, 200);
        }
        // The first request is what lets a node follow the log.
        cluster.follow().await;
    }
    let asked = || [Verb::Now, Verb::IsCovered].map(|verb| cluster.asked(verb));
    let before = asked();
    cluster.world.advance(Duration::from_secs(5));
    cluster.pass(Duration::from_millis(500));
    for token in [token(), token()] {
        for node in cluster.nodes() {
            assert_eq!(call(node, &token).await.status, 200);
        }
    }
    assert_eq!(asked(), before, "another token of the same user is no other question");

    let token = token();
    assert_eq!(cluster.hear(1, "alice").await.status, 200);
    assert_eq!(call(cluster.nodes()[1], &token).await.code(), "rs.revoked", "at once where it was heard");
    cluster.world.settle().await;
    for node in cluster.nodes() {
        assert_eq!(call(node, &token).await.code(), "rs.revoked");
    }
    cluster.world
}
