//! Sessions that are sealed in cookies, whose store remembers logouts.

use std::time::Duration;

use scenarios::{Mount, Sessions, World, on_every_mount};
use vestibule_web::{conformance::Verb, near_cache::BOUND};

use crate::cluster::Cluster;

on_every_mount! {
    bm13_a_sealed_session_needs_no_call_and_a_logout_reaches_every_node
}

async fn bm13_a_sealed_session_needs_no_call_and_a_logout_reaches_every_node(
    mount: &'static dyn Mount,
) -> World {
    let cluster = Cluster::new(mount, Sessions::SealedRevocable).await;
    let (alice, bob) = (cluster.world.login("alice").await, cluster.world.login("bob").await);
    for browser in [&alice, &bob] {
        assert_eq!(cluster.is_in(browser).await, [true; 3]);
    }
    cluster.follow().await;
    for browser in [&alice, &bob] {
        assert_eq!(cluster.is_in(browser).await, [true; 3]);
    }
    let asked = cluster.asked(Verb::IsCovered);
    assert_eq!(cluster.is_in(&alice).await, [true; 3]);
    assert_eq!(cluster.asked(Verb::IsCovered), asked, "it is known everywhere");

    assert_eq!(cluster.hear(1, "alice").await.status, 200);
    assert!(!cluster.is_in(&alice).await[1], "at once where it was heard");
    cluster.world.settle().await;
    assert_eq!(cluster.is_in(&alice).await, [false; 3]);
    assert_eq!(cluster.is_in(&bob).await, [true; 3]);

    cluster.engine[2].outage(true);
    cluster.pass(BOUND + Duration::from_millis(1));
    let answer = bob.page(cluster.nodes()[2], "/").await;
    assert_eq!((answer.status, answer.code().as_str()), (503, "store.unavailable"));
    cluster.world
}
