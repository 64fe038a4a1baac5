//! A logout token acts once (checklist B13 to B15), and a retry is no second logout (BM09).

use std::time::Duration;

use futures_util::future::join_all;
use scenarios::{Axum, Bare, Call, Calls, DASHBOARD, DOCS, Mount, World, on_every_mount};
use vestibule_web::conformance::{Moment, Verb};

use crate::support::{assert_done, assert_refused, hear, is_in, sid, snapshot, token, token_for};

on_every_mount! {
    b13_a_replay_changes_nothing
    b14_a_token_is_spent_by_success_alone
    b15_a_store_that_cannot_tell_refuses
    bm09_a_retry_strikes_whom_the_first_try_would_have_struck
}

async fn b13_a_replay_changes_nothing(mount: &'static dyn Mount) -> World {
    let world = World::new(mount).await;
    let second = world.second_node().await;
    let alice = world.login("alice").await;
    let token = token_for(&world, "alice");
    assert_done(&hear(&world, &token).await);
    assert!(!is_in(&alice, &world).await);

    alice.log_in(&world).await;
    let before = snapshot(&world).await;
    for node in [&world, &second] {
        assert_refused(&hear(node, &token).await, "logout.replayed", "a replay");
    }
    assert_eq!(snapshot(&world).await.state, before.state);
    assert_eq!(world.calls().token, before.calls.token);
    for node in [&world, &second] {
        assert!(is_in(&alice, node).await, "the new session lives");
    }
    world
}

/// Held longer than any token is accepted; another `jti` is another token.
#[tokio::test(start_paused = true)]
async fn b13_a_spent_token_stays_spent_until_it_has_expired() {
    let world = World::new(&Bare).await;
    let token = world.provider().logout_token(DASHBOARD, |claims| {
        let end = claims["iat"].as_u64().unwrap() + 3600;
        claims["exp"] = end.into();
    });
    assert_done(&hear(&world, &token).await);
    for minutes in [0, 1, 4] {
        world.advance(Duration::from_secs(minutes * 60));
        assert_refused(&hear(&world, &token).await, "logout.replayed", "while it would be accepted");
    }
    for minutes in [2, 10, 30] {
        world.advance(Duration::from_secs(minutes * 60));
        assert_refused(&hear(&world, &token).await, "logout.issued_at", "too old to be looked up at all");
    }
}

/// The same token at two nodes at once: one of them acts.
#[tokio::test(start_paused = true)]
async fn b13_at_many_nodes_at_once_one_acts() {
    let world = World::new(&Axum).await;
    world.store().remote();
    let alice = world.login("alice").await;
    let nodes = [world.second_node().await, world.second_node().await, world.second_node().await];
    let token = token_for(&world, "alice");
    let answers = join_all(nodes.iter().chain(&nodes).map(|node| hear(node, &token))).await;
    let (done, refused): (Vec<_>, Vec<_>) = answers.iter().partition(|answer| answer.status == 200);
    assert_eq!((done.len(), refused.len()), (1, 5));
    assert_done(done[0]);
    refused.iter().for_each(|answer| assert_refused(answer, "logout.replayed", "the others"));
    assert!(!is_in(&alice, &world).await);
}

/// Spent for one application, it is not spent for another: `jti` belongs to issuer and client.
#[tokio::test(start_paused = true)]
async fn b13_the_same_jti_for_another_application_is_another_token() {
    let world = World::new(&Bare).await;
    let docs = world.other_application().await;
    for (node, client_id) in [(&*world, DASHBOARD), (&docs, DOCS)] {
        let token = world.provider().logout_token(client_id, |claims| claims["jti"] = "shared".into());
        assert_done(&hear(node, &token).await);
        assert_refused(&hear(node, &token).await, "logout.replayed", client_id);
    }
}

async fn b14_a_token_is_spent_by_success_alone(mount: &'static dyn Mount) -> World {
    let world = World::new(mount).await;
    let alice = world.login("alice").await;
    let token = token_for(&world, "alice");
    for _ in 0..3 {
        world.store().fail_next(Verb::Revoke, Moment::Before);
        assert_refused(&hear(&world, &token).await, "store.unavailable", "nothing was written");
    }
    let second = world.second_node().await;
    assert!(is_in(&alice, &second).await, "it was not stored");
    assert_done(&hear(&world, &token).await);
    assert!(!is_in(&alice, &world).await);
    assert_refused(&hear(&world, &token).await, "logout.replayed", "now it is spent");
    world
}

async fn b15_a_store_that_cannot_tell_refuses(mount: &'static dyn Mount) -> World {
    let world = World::new(mount).await;
    world.login("alice").await;
    let token = token_for(&world, "alice");
    let before = snapshot(&world).await;
    for (what, verb) in [("no time", Verb::Now), ("no write", Verb::Revoke)] {
        world.store().fail_next(verb, Moment::Before);
        assert_refused(&hear(&world, &token).await, "store.unavailable", what);
    }
    world.store().outage(true);
    assert_refused(&hear(&world, &token).await, "store.unavailable", "nothing at all");
    world.store().outage(false);
    assert_eq!(snapshot(&world).await.state, before.state);
    assert_eq!(snapshot(&world).await.calls - before.calls, Calls::NONE);

    // The reply was lost: the sessions have ended, which a retry confirms.
    world.store().fail_next(Verb::Revoke, Moment::After);
    assert_refused(&hear(&world, &token).await, "store.unavailable", "no reply");
    assert_eq!(world.state().await.sessions, []);
    assert_done(&hear(&world, &token).await);
    assert_refused(&hear(&world, &token).await, "logout.replayed", "confirmed");
    world
}

async fn bm09_a_retry_strikes_whom_the_first_try_would_have_struck(mount: &'static dyn Mount) -> World {
    let world = World::new(mount).await;
    let (desk, phone) = (world.login("alice").await, world.login("alice").await);
    let token = token_for(&world, "alice");
    for moment in [Moment::Before, Moment::Before] {
        world.store().fail_next(Verb::Revoke, moment);
        assert_refused(&hear(&world, &token).await, "store.unavailable", "the first tries");
        world.advance(Duration::from_secs(60));
    }
    phone.log_in(&world).await;
    assert_done(&hear(&world, &token).await);
    assert!(!is_in(&desk, &world).await, "it was there when the logout was first heard");
    assert!(is_in(&phone, &world).await, "logged in since");
    assert_refused(&hear(&world, &token).await, "logout.replayed", "once");
    assert!(is_in(&phone, &world).await);
    world
}

/// A node that has no keys yet hears a logout. While it fetches them, the user logs in again elsewhere.
#[tokio::test(start_paused = true)]
async fn bm09_a_logout_counts_from_when_it_was_heard_not_from_when_it_was_believed() {
    let world = World::new(&Axum).await;
    let second = world.second_node().await;
    let (desk, phone) = (world.login("alice").await, world.login("alice").await);
    let token = token_for(&world, "alice");
    let held = world.provider().hold(Call::Keys);
    let meanwhile = async {
        held.reached().await;
        world.advance(Duration::from_secs(1));
        phone.log_in(&world).await;
        held.release();
    };
    let (answer, ()) = tokio::join!(hear(&second, &token), meanwhile);
    assert_done(&answer);
    assert!(!is_in(&desk, &world).await);
    assert!(is_in(&phone, &world).await, "logged in after the logout was heard");
}

/// Two logouts that failed keep a moment each.
#[tokio::test(start_paused = true)]
async fn bm09_every_logout_has_its_own_moment() {
    let world = World::new(&Bare).await;
    let (alice, bob) = (world.login("alice").await, world.login("bob").await);
    let of_alice = token_for(&world, "alice");
    world.store().fail_next(Verb::Revoke, Moment::Before);
    hear(&world, &of_alice).await;
    alice.log_in(&world).await;
    bob.log_in(&world).await;
    let of_bob = token(&world, None, Some(&sid(&bob)));
    world.store().fail_next(Verb::Revoke, Moment::Before);
    hear(&world, &of_bob).await;
    assert_done(&hear(&world, &of_bob).await);
    assert_done(&hear(&world, &of_alice).await);
    assert!(is_in(&alice, &world).await, "began after the logout that was about her");
    assert!(!is_in(&bob, &world).await, "began before the one about him");
}
