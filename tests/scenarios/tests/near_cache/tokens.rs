//! Tokens that are renewed at one node and used at all.

use std::time::Duration;

use scenarios::{Mount, Sessions, World, on_every_mount, provider::ACCESS_TOKEN_LIFETIME};

use crate::cluster::Cluster;

on_every_mount! {
    d14_bm13_caches_make_no_second_call
}

async fn d14_bm13_caches_make_no_second_call(mount: &'static dyn Mount) -> World {
    let cluster = Cluster::new(mount, Sessions::Stored).await;
    for engine in &cluster.engine {
        engine.remote();
    }
    for node in cluster.nodes() {
        node.relying_party().ready().await.unwrap();
    }
    let alice = cluster.world.login("alice").await;
    for _ in 0..5 {
        assert_eq!(cluster.is_in(&alice).await, [true; 3]);
        cluster.follow().await;
        cluster.world.advance(Duration::from_secs(ACCESS_TOKEN_LIFETIME));
        let before = cluster.world.calls();
        let mut tasks = Vec::new();
        for node in cluster.nodes() {
            let session = alice.session(node).await;
            for _ in 0..10 {
                let session = session.clone();
                tasks.push(tokio::spawn(async move { session.access_token().await.unwrap() }));
            }
        }
        let mut tokens = Vec::new();
        for task in tasks {
            tokens.push(task.await.unwrap().expose().to_owned());
        }
        tokens.dedup();
        assert_eq!(tokens.len(), 1, "all have the same");
        assert_eq!((cluster.world.calls() - before).token, 1);
    }
    cluster.world
}
