//! How a logout that waits comes to the store.

use std::time::Duration;

use scenarios::{Bare, Mount, World, meter, on_every_mount};
use tokio::time::Instant;
use vestibule_web::conformance::{Moment, Verb};

use crate::support::{hear, hear_in_vain, is_in, land, refuse, token_for, waiting};

on_every_mount! {
    bm08_the_provider_may_send_it_again_while_it_waits
    bm08_the_provider_may_send_it_again_when_it_has_landed
    bm08_a_lost_reply_is_found_out
    bm08_two_nodes_that_heard_it_agree
    b13_a_replay_that_waited_ends_nobody_for_good
    bm08_without_any_reply_before_nothing_can_wait
}

async fn bm08_the_provider_may_send_it_again_while_it_waits(mount: &'static dyn Mount) -> World {
    let world = World::new(mount).await;
    let (desk, phone) = (world.login("alice").await, world.login("alice").await);
    let token = token_for(&world, "alice");
    refuse(&world, 2);
    hear_in_vain(&world, &token).await;
    world.advance(Duration::from_secs(60));
    phone.log_in(&world).await;
    hear_in_vain(&world, &token).await;
    assert_eq!(waiting(), ["vestibule_unconfirmed_logouts 1"], "it is the same one");
    assert_eq!(hear(&world, &token).await.status, 200);
    assert_eq!(waiting(), ["vestibule_unconfirmed_logouts 0"]);
    assert_eq!(hear(&world, &token).await.code(), "logout.replayed", "it was told of its success");
    land().await;
    assert!(!is_in(&desk, &world).await);
    assert!(is_in(&phone, &world).await, "the moment that counts is the first");
    assert_eq!(meter::lines("vestibule_revocation_retries"), [""; 0], "there was nothing to offer any more");
    world
}

async fn bm08_the_provider_may_send_it_again_when_it_has_landed(mount: &'static dyn Mount) -> World {
    let world = World::new(mount).await;
    let alice = world.login("alice").await;
    let token = token_for(&world, "alice");
    refuse(&world, 1);
    hear_in_vain(&world, &token).await;
    land().await;
    world.advance(Duration::from_secs(60));
    alice.log_in(&world).await;
    assert_eq!(hear(&world, &token).await.status, 200, "what it asked for is done");
    assert_eq!(hear(&world, &token).await.code(), "logout.replayed");
    assert!(is_in(&alice, &world).await);
    world
}

/// The store took it, and the reply was lost: the retry finds its token spent, by itself.
async fn bm08_a_lost_reply_is_found_out(mount: &'static dyn Mount) -> World {
    let world = World::new(mount).await;
    let alice = world.login("alice").await;
    world.store().fail_next(Verb::Revoke, Moment::After);
    hear_in_vain(&world, &token_for(&world, "alice")).await;
    assert!(!is_in(&alice, &world).await);
    land().await;
    assert_eq!(waiting(), ["vestibule_unconfirmed_logouts 0"]);
    assert_eq!(
        meter::lines("vestibule_revocation_retries"),
        ["vestibule_revocation_retries_total{code=ok} 1"]
    );
    alice.log_in(&world).await;
    assert!(is_in(&alice, &world).await);
    world
}

async fn bm08_two_nodes_that_heard_it_agree(mount: &'static dyn Mount) -> World {
    let world = World::new(mount).await;
    let second = world.second_node().await;
    let (desk, phone) = (world.login("alice").await, world.login("alice").await);
    let token = token_for(&world, "alice");
    refuse(&world, 2);
    hear_in_vain(&world, &token).await;
    hear_in_vain(&second, &token).await;
    assert_eq!(waiting(), ["vestibule_unconfirmed_logouts 2"], "one at each");
    world.advance(Duration::from_secs(60));
    phone.log_in(&second).await;
    land().await;
    assert_eq!(waiting(), ["vestibule_unconfirmed_logouts 0"]);
    for node in [&*world, &second] {
        assert!(!is_in(&desk, node).await);
        assert!(is_in(&phone, node).await);
    }
    world
}

/// Whoever has an old token, and sends it while the store is down, gains nothing that lasts.
async fn b13_a_replay_that_waited_ends_nobody_for_good(mount: &'static dyn Mount) -> World {
    let world = World::new(mount).await;
    let alice = world.login("alice").await;
    let token = token_for(&world, "alice");
    assert_eq!(hear(&world, &token).await.status, 200);
    alice.log_in(&world).await;
    world.advance(Duration::from_secs(60));
    world.store().outage(true);
    hear_in_vain(&world, &token).await;
    world.store().outage(false);
    land().await;
    assert_eq!(waiting(), ["vestibule_unconfirmed_logouts 0"]);
    assert!(is_in(&alice, &world).await);
    assert_eq!(hear(&world, &token).await.code(), "logout.replayed");
    world
}

/// A process that has never heard from the store does not know what time it is there.
async fn bm08_without_any_reply_before_nothing_can_wait(mount: &'static dyn Mount) -> World {
    let world = World::new(mount).await;
    world.store().outage(true);
    let token = token_for(&world, "alice");
    hear_in_vain(&world, &token).await;
    assert_eq!(waiting(), [""; 0]);
    assert_eq!(
        meter::lines("vestibule_revocations_lost"),
        ["vestibule_revocations_lost_total{reason=no_time} 1"]
    );
    world.store().outage(false);
    assert_eq!(hear(&world, &token).await.status, 200);
    world
}

/// A store that answers again takes what waits at once, however long it was down.
#[tokio::test(start_paused = true)]
async fn bm08_a_store_that_answers_is_offered_at_once() {
    let world = World::new(&Bare).await;
    let (alice, bob) = (world.login("alice").await, world.login("bob").await);
    world.store().outage(true);
    hear_in_vain(&world, &token_for(&world, "alice")).await;
    tokio::time::sleep(Duration::from_secs(600)).await;
    let tries = world.store().calls(Verb::Revoke);
    assert!((100..300).contains(&tries), "every five seconds at most: {tries}");
    world.store().outage(false);
    assert!(is_in(&bob, &world).await);
    let since = Instant::now();
    let second = world.second_node().await;
    while is_in(&alice, &second).await {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    assert!(since.elapsed() <= Duration::from_millis(110), "{:?}", since.elapsed());
}

/// One that the store never takes keeps no other one waiting.
#[tokio::test(start_paused = true)]
async fn bm08_what_fails_lets_others_pass() {
    let world = World::new(&Bare).await;
    let people = [world.login("alice").await, world.login("bob").await, world.login("carol").await];
    refuse(&world, 3);
    for user in ["alice", "bob", "carol"] {
        hear_in_vain(&world, &token_for(&world, user)).await;
    }
    let stuck = world.store().stall_next(Verb::Revoke, Moment::Before);
    tokio::time::sleep(Duration::from_secs(5)).await;
    let second = world.second_node().await;
    for browser in &people {
        assert!(!is_in(browser, &second).await);
    }
    stuck.release();
}
