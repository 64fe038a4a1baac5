//! Sessions that the store keeps.

use std::time::Duration;

use scenarios::{Mount, Sessions, World, on_every_mount};
use vestibule_web::{conformance::Verb, near_cache::BOUND};

use crate::cluster::Cluster;

on_every_mount! {
    bm13_a_request_needs_no_call_and_a_logout_reaches_every_node
    bm13_a_node_that_is_cut_off_answers_with_an_error
    bm13_a_logout_in_an_outage_is_obeyed_where_it_was_heard
    bm13_invariant_13_a_connection_ends_with_a_logout_elsewhere
}

const TICK: Duration = Duration::from_millis(1);

async fn bm13_a_request_needs_no_call_and_a_logout_reaches_every_node(mount: &'static dyn Mount) -> World {
    let cluster = Cluster::new(mount, Sessions::Stored).await;
    let (alice, bob) = (cluster.world.login("alice").await, cluster.world.login("bob").await);
    for browser in [&alice, &bob] {
        assert_eq!(cluster.is_in(browser).await, [true; 3]);
    }
    cluster.follow().await;
    for browser in [&alice, &bob] {
        assert_eq!(cluster.is_in(browser).await, [true; 3]);
    }
    let asked = cluster.asked(Verb::Load);
    for _ in 0..10 {
        assert_eq!(cluster.is_in(&alice).await, [true; 3]);
    }
    assert_eq!(cluster.asked(Verb::Load), asked, "it is at hand everywhere");

    assert_eq!(cluster.hear(1, "alice").await.status, 200);
    assert!(!cluster.is_in(&alice).await[1], "at once where it was heard");
    cluster.world.settle().await;
    assert_eq!(cluster.is_in(&alice).await, [false; 3]);
    let asked = cluster.asked(Verb::Load);
    assert_eq!(cluster.is_in(&bob).await, [true; 3]);
    assert_eq!(cluster.asked(Verb::Load), asked, "nobody else is read anew");
    cluster.world
}

async fn bm13_a_node_that_is_cut_off_answers_with_an_error(mount: &'static dyn Mount) -> World {
    let cluster = Cluster::new(mount, Sessions::Stored).await;
    let alice = cluster.world.login("alice").await;
    assert_eq!(cluster.is_in(&alice).await, [true; 3]);
    cluster.follow().await;
    assert_eq!(cluster.is_in(&alice).await, [true; 3]);

    cluster.engine[2].outage(true);
    assert_eq!(cluster.hear(0, "alice").await.status, 200);
    cluster.pass(BOUND + TICK);
    let answer = alice.page(cluster.nodes()[2], "/").await;
    assert_eq!((answer.status, answer.code().as_str()), (503, "store.unavailable"));
    cluster.engine[2].outage(false);
    assert_eq!(cluster.is_in(&alice).await, [false; 3]);
    cluster.world
}

/// Which needs the queue of logouts beside the cache: within the bound a session at hand is served without the store.
async fn bm13_a_logout_in_an_outage_is_obeyed_where_it_was_heard(mount: &'static dyn Mount) -> World {
    let cluster = Cluster::new(mount, Sessions::Stored).await;
    let (alice, bob) = (cluster.world.login("alice").await, cluster.world.login("bob").await);
    for _ in 0..2 {
        assert_eq!(cluster.is_in(&alice).await, [true; 3]);
        assert_eq!(cluster.is_in(&bob).await, [true; 3]);
        cluster.follow().await;
    }
    cluster.engine[1].outage(true);
    assert_eq!(cluster.hear(1, "alice").await.status, 400);
    assert_ne!(alice.page(cluster.nodes()[1], "/").await.text(), "hello alice");
    assert_eq!(bob.page(cluster.nodes()[1], "/").await.text(), "hello bob", "he is at hand");
    cluster.engine[1].outage(false);
    cluster.follow().await;
    assert!(!cluster.is_in(&alice).await[1]);
    assert_eq!(cluster.is_in(&bob).await, [true; 3]);
    cluster.world
}

async fn bm13_invariant_13_a_connection_ends_with_a_logout_elsewhere(mount: &'static dyn Mount) -> World {
    let cluster = Cluster::new(mount, Sessions::Stored).await;
    for node in [1, 2] {
        let alice = cluster.world.login("alice").await;
        let session = alice.session(cluster.nodes()[0]).await;
        let connection = tokio::spawn(session.ended());
        cluster.follow().await;
        assert!(!connection.is_finished());
        assert_eq!(cluster.hear(node, "alice").await.status, 200);
        let told = tokio::time::Instant::now();
        connection.await.unwrap();
        assert_eq!(told.elapsed(), Duration::ZERO, "as soon as the log tells");
        cluster.pass(TICK);
    }
    cluster.world
}
