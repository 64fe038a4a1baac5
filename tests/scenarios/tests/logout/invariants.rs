//! What must hold about sessions and logouts, through the endpoints, by the numbers of the session model. The sixth is
//! with the refreshes, the twelfth with the lists, the thirteenth in `ended`; a store passes its own part itself.

use std::time::Duration;

use scenarios::{Bare, Browser, Mount, World, on_every_mount};
use serde_json::json;
use vestibule::Clock;
use vestibule_web::conformance::{Moment, Verb};

use crate::support::{assert_done, assert_refused, hear, is_in, sid, token, token_for};

on_every_mount! {
    invariant_01_after_the_200_nothing_older_is_accepted_anywhere
    invariant_02_what_began_later_always_gets_in
    invariant_07_a_sid_with_its_subject_spares_siblings
    invariant_09_a_clock_that_steps_back_changes_nothing
    invariant_10_a_token_counts_once_and_only_when_it_worked
}

fn step_wall(world: &World, seconds: i64) {
    let wall = world.clock().unix_time().as_secs().saturating_add_signed(seconds);
    world.clock().set_wall(Duration::from_secs(wall));
}

async fn invariant_01_after_the_200_nothing_older_is_accepted_anywhere(mount: &'static dyn Mount) -> World {
    let world = World::new(mount).await;
    let (second, third) = (world.second_node().await, world.second_node().await);
    // Wall clocks within what tokens allow; the store's time goes its own way.
    for steps in [0, -50, 50, -50, 50] {
        let signed_in = [world.login("alice").await, world.login("alice").await];
        let under_way = Browser::new("alice");
        let callback = under_way.start_login(&second, "/auth/login").await;
        let logout = token_for(&world, "alice");
        step_wall(&world, steps);
        assert_done(&hear(&third, &logout).await);
        for node in [&*world, &second, &third] {
            for browser in &signed_in {
                assert!(!is_in(browser, node).await, "wall stepped by {steps} s");
            }
        }
        let refused = under_way.page(&world, &callback).await;
        assert!(under_way.session_cookie(&world).is_none(), "{refused:?}");
        assert_eq!(world.state().await.sessions, []);
    }
    world
}

async fn invariant_02_what_began_later_always_gets_in(mount: &'static dyn Mount) -> World {
    let world = World::new(mount).await;
    let second = world.second_node().await;
    world.provider().alter_id_token(|claims| claims["sid"] = json!("reused"));
    let alice = world.login("alice").await;
    for steps in [0, -90, 90, 90, -90] {
        let logout = token(&world, None, Some("reused"));
        assert_done(&hear(&world, &logout).await);
        assert!(!is_in(&alice, &second).await);
        // The same sid, the same second; the provider's clock is another one from now on.
        step_wall(&world, steps);
        alice.log_in(&second).await;
        for node in [&*world, &second] {
            assert!(is_in(&alice, node).await, "wall stepped by {steps} s");
        }
    }
    world
}

async fn invariant_07_a_sid_with_its_subject_spares_siblings(mount: &'static dyn Mount) -> World {
    let world = World::new(mount).await;
    let [one, other] = [world.login("alice").await, world.login("alice").await];
    assert_done(&hear(&world, &token(&world, Some("alice"), Some(&sid(&one)))).await);
    assert!(!is_in(&one, &world).await);
    assert!(is_in(&other, &world).await);
    world
}

async fn invariant_09_a_clock_that_steps_back_changes_nothing(mount: &'static dyn Mount) -> World {
    let world = World::new(mount).await;
    let (old, other) = (world.login("alice").await, world.login("bob").await);
    world.advance(Duration::from_secs(60));
    step_wall(&world, -600);
    // Provider and application were set back together: their tokens still fit.
    assert_done(&hear(&world, &token_for(&world, "alice")).await);
    assert!(!is_in(&old, &world).await, "a logout after the step strikes what began before it");
    old.log_in(&world).await;
    assert!(is_in(&old, &world).await, "a login after it lives");
    assert_done(&hear(&world, &token_for(&world, "alice")).await);
    assert!(!is_in(&old, &world).await, "and can be ended again");
    world.advance(Duration::from_secs(30 * 60));
    assert!(!is_in(&other, &world).await, "half an hour is half an hour");
    world
}

async fn invariant_10_a_token_counts_once_and_only_when_it_worked(mount: &'static dyn Mount) -> World {
    let world = World::new(mount).await;
    let second = world.second_node().await;
    let alice = world.login("alice").await;
    let logout = token_for(&world, "alice");
    for verb in [Verb::Now, Verb::Revoke, Verb::Revoke] {
        world.store().fail_next(verb, Moment::Before);
        assert_refused(&hear(&world, &logout).await, "store.unavailable", "it did not work");
        assert!(is_in(&alice, &second).await);
    }
    assert_done(&hear(&second, &logout).await);
    alice.log_in(&world).await;
    // The node whose own tries had failed learns that it was carried out, and says so once.
    assert_done(&hear(&world, &logout).await);
    for node in [&*world, &second] {
        assert_refused(&hear(node, &logout).await, "logout.replayed", "a finished one");
        assert!(is_in(&alice, node).await, "has no effect");
    }
    world
}

/// Nothing of the model depends on the order in which a store answers: the same, with every call on a network.
#[tokio::test(start_paused = true)]
async fn invariant_01_holds_for_requests_at_the_same_time() {
    let world = World::new(&Bare).await;
    world.store().remote();
    let second = world.second_node().await;
    for _ in 0..20 {
        let alice = world.login("alice").await;
        let logout = token_for(&world, "alice");
        let pages = async {
            let mut seen = Vec::new();
            for _ in 0..12 {
                seen.push(is_in(&alice, &world).await);
            }
            seen
        };
        let heard = async {
            let answer = hear(&second, &logout).await;
            (answer, is_in(&alice, &world).await)
        };
        let (seen, (answer, after)) = tokio::join!(pages, heard);
        assert_done(&answer);
        assert!(!after, "after the 200");
        assert!(
            seen.is_sorted_by(|earlier, later| earlier >= later),
            "in, then out, never in again: {seen:?}"
        );
        assert!(!seen[11]);
    }
}
