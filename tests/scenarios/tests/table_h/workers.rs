//! Where each worker of a server has a runtime of its own, tasks end with the worker that started them. What others
//! rely on goes on without it (checklist H18).

use std::{pin::pin, time::Duration};

use futures_util::FutureExt;
use scenarios::{Bare, Call, World, provider::ACCESS_TOKEN_LIFETIME};
use tokio::{
    runtime::{Builder, Runtime},
    time::Instant,
};
use vestibule_web::conformance::Verb;

fn worker() -> Runtime {
    Builder::new_current_thread().enable_time().start_paused(true).build().unwrap()
}

#[test]
fn h18_housekeeping_outlives_the_worker_that_began_it() {
    let (first, second) = (worker(), worker());
    let world = first.block_on(async {
        let world = World::new(&Bare).await;
        world.login("alice").await;
        world.settle().await;
        world
    });
    let reaped = world.store().calls(Verb::Reap);
    assert_ne!(reaped, 0);
    drop(first);
    second.block_on(async {
        world.login("bob").await;
        tokio::time::sleep(Duration::from_secs(100)).await;
        assert_eq!(world.store().calls(Verb::Reap), reaped + 4, "at once, then every 30 seconds");
    });
}

#[test]
fn h18_a_connection_hears_of_its_end_when_the_worker_that_listened_is_gone() {
    let (first, second) = (worker(), worker());
    let (world, alice) = first.block_on(async {
        let world = World::new(&Bare).await;
        let alice = world.login("alice").await;
        tokio::spawn(alice.session(&world).await.ended());
        world.settle().await;
        (world, alice)
    });
    let session = second.block_on(alice.session(&world));
    let mut connection = pin!(session.ended());
    second.block_on(async { assert!(connection.as_mut().now_or_never().is_none()) });
    drop(first);
    second.block_on(async {
        world.settle().await;
        assert!(connection.as_mut().now_or_never().is_none());
        world.settle().await;
        let before = Instant::now();
        assert_eq!(alice.submit_logout(&world).await.status, 303);
        connection.await;
        assert_eq!(before.elapsed(), Duration::ZERO, "told, not found by looking");
    });
}

#[test]
fn h18_a_refresh_is_made_when_the_worker_that_began_it_is_gone() {
    let (first, second) = (worker(), worker());
    let (world, alice, held) = first.block_on(async {
        let world = World::new(&Bare).await;
        let alice = world.login("alice").await;
        world.advance(Duration::from_secs(ACCESS_TOKEN_LIFETIME));
        // A provider that rotates lets the old token be retried, since answers get lost.
        world.provider().forgive_reuse();
        let held = world.provider().hold(Call::Token);
        let session = alice.session(&world).await;
        tokio::spawn(async move { session.access_token().await });
        held.reached().await;
        (world, alice, held)
    });
    let session = second.block_on(alice.session(&world));
    let mut waiting = pin!(session.access_token());
    second.block_on(async { assert!(waiting.as_mut().now_or_never().is_none()) });
    drop(first);
    held.release();
    second.block_on(async {
        world.let_time_run();
        assert!(waiting.await.is_ok());
    });
}
