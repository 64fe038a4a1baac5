//! Logouts beside a store that fails half-way, or altogether (checklist BM07, BM08).

use scenarios::{Bare, Calls, Mount, World, on_every_mount};
use vestibule_web::conformance::{Moment, Verb};

use crate::support::{assert_done, assert_refused, hear, is_in, snapshot, token_for};

on_every_mount! {
    bm07_housekeeping_that_fails_takes_nothing_back
    bm08_a_store_that_is_down_is_never_a_success
}

/// What was deleted and what was not makes no difference: the cutoff decides.
async fn bm07_housekeeping_that_fails_takes_nothing_back(mount: &'static dyn Mount) -> World {
    let world = World::new(mount).await;
    let browsers = [world.login("alice").await, world.login("alice").await, world.login("alice").await];
    for _ in 0..10 {
        world.store().fail_next(Verb::Reap, Moment::Before);
        world.store().fail_next(Verb::Reap, Moment::After);
    }
    assert_done(&hear(&world, &token_for(&world, "alice")).await);
    for _ in 0..5 {
        for browser in &browsers {
            assert!(!is_in(browser, &world).await);
        }
        tokio::time::advance(std::time::Duration::from_secs(30)).await;
        world.settle().await;
    }
    world
}

/// One failure at any verb of the way, in either moment: not 200, and a retry finishes.
#[tokio::test(start_paused = true)]
async fn bm07_a_logout_that_failed_half_way_is_finished_by_a_retry() {
    for (verb, moment) in [
        (Verb::Now, Moment::Before),
        (Verb::Now, Moment::After),
        (Verb::Revoke, Moment::Before),
        (Verb::Revoke, Moment::After),
    ] {
        let world = World::new(&Bare).await;
        let browsers = [world.login("alice").await, world.login("alice").await];
        let bob = world.login("bob").await;
        let token = token_for(&world, "alice");
        world.store().fail_next(verb, moment);
        assert_refused(&hear(&world, &token).await, "store.unavailable", "half-way");
        let done = (verb, moment) == (Verb::Revoke, Moment::After);
        let second = world.second_node().await;
        for browser in &browsers {
            assert!(!is_in(browser, &world).await, "here at once: {verb:?} {moment:?}");
            assert_eq!(is_in(browser, &second).await, !done, "all of them or none: {verb:?} {moment:?}");
        }
        assert_done(&hear(&world, &token).await);
        for browser in &browsers {
            assert!(!is_in(browser, &world).await);
        }
        assert!(is_in(&bob, &world).await);
    }
}

async fn bm08_a_store_that_is_down_is_never_a_success(mount: &'static dyn Mount) -> World {
    let world = World::new(mount).await;
    let alice = world.login("alice").await;
    let token = token_for(&world, "alice");
    let before = snapshot(&world).await;
    world.store().outage(true);
    for _ in 0..3 {
        let answer = hear(&world, &token).await;
        assert_refused(&answer, "store.unavailable", "down");
        assert_eq!(answer.json()["error"], "temporarily_unavailable");
    }
    assert!(world.relying_party().ready().await.is_err(), "and the node says so");
    assert_eq!(alice.page(&world, "/me").await.status, 503, "neither in nor out");
    world.store().outage(false);
    world.relying_party().ready().await.unwrap();
    assert_eq!(snapshot(&world).await.state, before.state, "it is not spent");
    assert_eq!(snapshot(&world).await.calls - before.calls, Calls::NONE);
    assert_done(&hear(&world, &token).await);
    assert!(!is_in(&alice, &world).await);
    world
}

/// Writes fail, reads do not: the session lives elsewhere, so the logout is seen to have failed.
#[tokio::test(start_paused = true)]
async fn bm08_a_store_that_only_reads_is_no_success() {
    let world = World::new(&Bare).await;
    let alice = world.login("alice").await;
    let second = world.second_node().await;
    let token = token_for(&world, "alice");
    for _ in 0..20 {
        world.store().fail_next(Verb::Revoke, Moment::Before);
        assert_refused(&hear(&world, &token).await, "store.unavailable", "read-only");
        assert!(!is_in(&alice, &world).await);
        assert!(is_in(&alice, &second).await);
    }
    assert_done(&hear(&world, &token).await);
    assert!(!is_in(&alice, &world).await);
}
