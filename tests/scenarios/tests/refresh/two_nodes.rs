//! One refresh over all nodes: lease, recorded attempt, commit by the token that was spent.

use std::{
    mem::forget,
    sync::atomic::{AtomicUsize, Ordering},
    time::Duration,
};

use scenarios::{
    Browser, Call, Calls, Node, World,
    provider::{ACCESS_TOKEN_LIFETIME, fault},
};
use serde_json::json;
use vestibule_web::conformance::{Moment, Verb};

use crate::support::{ask, code, refused, renewed, settle, world_with_a_due_session};

/// As long as an attempt may stay without an outcome.
const ATTEMPT: Duration = Duration::from_secs(60);

async fn two_nodes() -> (World, Node, Browser) {
    let (world, alice) = world_with_a_due_session().await;
    let second = world.second_node().await;
    // It learns of the provider before anything is counted.
    second.relying_party().ready().await.unwrap();
    (world, second, alice)
}

#[tokio::test(start_paused = true)]
async fn d14_two_nodes_make_one_call() {
    let (world, second, alice) = two_nodes().await;
    world.store().remote();
    let before = world.calls();
    let (here, there) = (alice.session(&world).await, alice.session(&second).await);
    let tasks: Vec<_> = (0..50).map(|i| ask(if i % 2 == 0 { &here } else { &there })).collect();
    let mut tokens = Vec::new();
    for task in tasks {
        tokens.push(task.await.unwrap().unwrap());
    }
    tokens.dedup();
    assert_eq!(tokens, [renewed(&alice, &world).await]);
    assert_eq!(world.calls() - before, Calls::TOKEN);
}

/// A provider that keeps its refresh tokens leaves nothing to tell by but the count of refreshes.
#[tokio::test(start_paused = true)]
async fn d16_a_refresh_token_that_stays_is_spent_once_a_time_too() {
    let (world, second, alice) = two_nodes().await;
    world.store().remote();
    let count = AtomicUsize::new(0);
    world.provider().fault(Call::Token, move || {
        let serial = count.fetch_add(1, Ordering::Relaxed);
        let token = format!("canary-access-kept.{serial}");
        fault::json(200, &json!({ "access_token": token, "token_type": "Bearer", "expires_in": 300 }))
    });
    for round in 0..3 {
        let before = world.calls();
        let (here, there) = (alice.session(&world).await, alice.session(&second).await);
        let late = alice.session(&world).await;
        let tasks: Vec<_> = (0..20).map(|i| ask(if i % 2 == 0 { &here } else { &there })).collect();
        for task in tasks {
            assert_eq!(task.await.unwrap().unwrap(), round.to_string());
        }
        assert_eq!(ask(&late).await.unwrap().unwrap(), round.to_string(), "a request that began before");
        assert_eq!(world.calls() - before, Calls::TOKEN);
        world.advance(Duration::from_secs(ACCESS_TOKEN_LIFETIME));
    }
}

#[tokio::test(start_paused = true)]
async fn d16_a_request_that_began_before_a_refresh_uses_its_result() {
    let (world, second, alice) = two_nodes().await;
    let before = world.calls();
    let sessions = [alice.session(&world).await, alice.session(&second).await];
    let token = renewed(&alice, &world).await;
    for session in sessions {
        assert_eq!(ask(&session).await.unwrap().unwrap(), token);
    }
    assert_eq!(world.calls() - before, Calls::TOKEN);
}

/// An open connection holds its session for hours. What other requests renewed meanwhile has ended again.
#[tokio::test(start_paused = true)]
async fn d16_a_session_that_is_held_for_long_gets_a_token_that_lives() {
    let (world, second, alice) = two_nodes().await;
    let held = alice.session(&world).await;
    for node in [&*world, &second, &world] {
        renewed(&alice, node).await;
        world.advance(Duration::from_secs(ACCESS_TOKEN_LIFETIME));
    }
    let before = world.calls();
    let token = ask(&held).await.unwrap().unwrap();
    assert_eq!((world.calls() - before).token, 1, "renewed, not just looked up");
    assert_eq!(renewed(&alice, &second).await, token);
    assert_eq!(ask(&held).await.unwrap().unwrap(), token);
    assert_eq!((world.calls() - before).token, 1);
}

/// Tokens that are due, or have ended, as soon as they are issued: that is how the provider wants it.
#[tokio::test(start_paused = true)]
async fn d16_tokens_of_no_lifetime_make_no_loop() {
    for (lifetime, calls) in [(20, 1), (1, 1), (0, 2)] {
        let (world, alice) = world_with_a_due_session().await;
        world.provider().alter_token_answer(move |answer| answer["expires_in"] = json!(lifetime));
        let before = world.calls();
        renewed(&alice, &world).await;
        assert_eq!((world.calls() - before).token, calls, "{lifetime} s");
    }
}

/// A node that dies while it holds the lease, before anything was sent: one call in all, and nobody fails.
#[tokio::test(start_paused = true)]
async fn d14_a_holder_killed_before_sending_costs_nothing() {
    for (verb, moment) in [(Verb::BeginAttempt, Moment::Before), (Verb::BeginAttempt, Moment::After)] {
        let (world, second, alice) = two_nodes().await;
        let before = world.calls();
        kill_at(&world, verb, moment);
        let _dead = ask(&alice.session(&world).await);
        settle().await;
        world.let_time_run();
        renewed(&alice, &second).await;
        assert_eq!(world.calls() - before, Calls::TOKEN, "{verb:?} {moment:?}");
        assert_eq!(world.provider().live_grants(), 1);
    }
}

#[tokio::test(start_paused = true)]
async fn d14_a_holder_killed_after_sending_costs_one_call_more_where_reuse_is_forgiven() {
    let (world, second, alice) = two_nodes().await;
    world.provider().forgive_reuse();
    let before = world.calls();
    kill_while_calling(&world, &alice).await;
    world.let_time_run();
    renewed(&alice, &second).await;
    assert_eq!(world.calls() - before, Calls { token: 2, ..Calls::NONE });
}

/// Where it is not forgiven, nobody can know before the attempt is given up; then the error says so.
#[tokio::test(start_paused = true)]
async fn d14_a_holder_killed_after_sending_leaves_a_precise_error_where_reuse_is_not_forgiven() {
    let (world, second, alice) = two_nodes().await;
    kill_while_calling(&world, &alice).await;
    world.let_time_run();
    assert_eq!(refused(&alice, &second).await, (503, "refresh.busy".into()));
    assert_eq!(alice.page(&second, "/me").await.text(), "only for you, alice", "it may still succeed");
    tokio::time::sleep(ATTEMPT).await;
    assert_eq!(refused(&alice, &second).await, (401, "refresh.uncertain".into()));
    assert_eq!(world.state().await.sessions, []);
}

/// Paused, not dead: its success arrives after the second holder was refused, and counts.
#[tokio::test(start_paused = true)]
async fn h10_a_success_that_arrives_late_counts() {
    let (world, second, alice) = two_nodes().await;
    let held = world.provider().hold(Call::Token);
    forget(world.store().stall_next(Verb::Renew, Moment::Before));
    let paused = ask(&alice.session(&world).await);
    held.reached().await;
    world.let_time_run();
    assert_eq!(refused(&alice, &second).await, (503, "refresh.busy".into()));

    held.release();
    let token = paused.await.unwrap().unwrap();
    let before = world.calls();
    for node in [&world, &second] {
        assert_eq!(renewed(&alice, node).await, token);
    }
    assert_eq!(world.calls(), before);
}

/// Paused, and the second holder committed first: both use the second one's tokens, and the surplus one is not revoked,
/// which might end the grant.
#[tokio::test(start_paused = true)]
async fn h10_a_success_that_arrives_after_anothers_is_dropped() {
    let (world, second, alice) = two_nodes().await;
    world.provider().forgive_reuse();
    let held = world.provider().hold(Call::Token);
    forget(world.store().stall_next(Verb::Renew, Moment::Before));
    let paused = ask(&alice.session(&world).await);
    held.reached().await;
    world.let_time_run();
    let token = renewed(&alice, &second).await;

    held.release();
    assert_eq!(paused.await.unwrap().unwrap(), token);
    assert_eq!(renewed(&alice, &world).await, token);
    assert_eq!((world.calls().token, world.calls().revocation), (3, 0));
}

/// The engine's half of the sixth invariant: paused between attempt and call, the first holder is refused for a token
/// that the second one has spent. Nobody is logged out.
#[tokio::test(start_paused = true)]
async fn invariant_06_a_paused_holder_that_is_refused_uses_the_winners_tokens() {
    let (world, second, alice) = two_nodes().await;
    let stalled = world.store().stall_next(Verb::BeginAttempt, Moment::After);
    forget(world.store().stall_next(Verb::Renew, Moment::Before));
    let paused = ask(&alice.session(&world).await);
    stalled.reached().await;
    world.let_time_run();
    let token = renewed(&alice, &second).await;

    stalled.release();
    assert_eq!(paused.await.unwrap().unwrap(), token);
    assert_eq!(alice.page(&world, "/me").await.text(), "only for you, alice");
    assert_eq!(world.calls().token, 3);
}

/// A slow provider is no dead holder: the lease lasts as long as the call does.
#[tokio::test(start_paused = true)]
async fn d14_a_lease_outlasts_a_slow_call() {
    let (world, second, alice) = two_nodes().await;
    let before = world.calls();
    let held = world.provider().hold(Call::Token);
    let slow = ask(&alice.session(&world).await);
    held.reached().await;
    world.let_time_run();
    for _ in 0..2 {
        assert_eq!(code(ask(&alice.session(&second).await).await.unwrap()), "refresh.busy");
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
    held.release();
    assert_eq!(slow.await.unwrap().unwrap(), renewed(&alice, &second).await);
    assert_eq!(world.calls() - before, Calls::TOKEN);
}

/// The next refresh that comes to this point never gets beyond it, and no longer shows that it is alive.
fn kill_at(world: &World, verb: Verb, moment: Moment) {
    forget(world.store().stall_next(verb, moment));
    forget(world.store().stall_next(Verb::Renew, Moment::Before));
}

/// A node dies while the provider answers it.
async fn kill_while_calling(world: &World, browser: &Browser) {
    let held = world.provider().hold(Call::Token);
    forget(world.store().stall_next(Verb::Renew, Moment::Before));
    let _dead = ask(&browser.session(world).await);
    held.reached().await;
    forget(held);
}
