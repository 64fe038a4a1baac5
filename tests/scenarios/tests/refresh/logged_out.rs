//! A logout while tokens are being refreshed (checklist BM05).

use scenarios::{Call, Calls, DASHBOARD, Request, World};
use serde_json::json;
use vestibule_web::conformance::{Moment, Verb};

use crate::support::{ask, assert_ended, world_with_a_due_session};

const REFRESH_AND_REVOKE: Calls = Calls { token: 1, revocation: 1, ..Calls::NONE };

async fn heard(world: &World) {
    let token = world.provider().logout_token(DASHBOARD, |claims| {
        claims.as_object_mut().expect("an object").remove("sid");
        claims["sub"] = json!("alice");
    });
    assert_eq!(world.receive(Request::logout_token(&token)).await.status, 200);
}

#[tokio::test(start_paused = true)]
async fn bm05_a_logout_heard_during_a_refresh_throws_its_result_away() {
    let (world, alice) = world_with_a_due_session().await;
    let before = world.calls();
    let held = world.provider().hold(Call::Token);
    let asking = ask(&alice.session(&world).await);
    held.reached().await;
    heard(&world).await;
    assert_eq!(alice.page(&world, "/").await.text(), "hello stranger", "before the refresh comes back");
    held.release();
    assert_ended(asking.await.unwrap());
    assert_eq!(world.calls() - before, REFRESH_AND_REVOKE, "nobody is left to use the new refresh token");
    assert_eq!((world.provider().live_grants(), world.state().await.sessions.len()), (0, 0));
    assert_eq!(alice.page(&world, "/").await.text(), "hello stranger");
}

#[tokio::test(start_paused = true)]
async fn bm05_a_logout_here_during_a_refresh_throws_its_result_away() {
    let (world, alice) = world_with_a_due_session().await;
    let before = world.calls();
    let held = world.provider().hold(Call::Token);
    let asking = ask(&alice.session(&world).await);
    held.reached().await;
    assert_eq!(alice.submit_logout(&world).await.status, 303);
    held.release();
    assert_ended(asking.await.unwrap());
    assert_eq!(world.calls() - before, REFRESH_AND_REVOKE);
    assert_eq!((world.provider().live_grants(), world.state().await.sessions.len()), (0, 0));
}

/// The store forgot the reply of the commit, and the logout came before the next try.
#[tokio::test(start_paused = true)]
async fn bm05_a_logout_between_two_tries_to_store_ends_it_too() {
    for moment in [Moment::Before, Moment::After] {
        let (world, alice) = world_with_a_due_session().await;
        world.store().fail_next(Verb::CommitRefresh, moment);
        let stalled = world.store().stall_next(Verb::CommitRefresh, Moment::Before);
        let asking = ask(&alice.session(&world).await);
        stalled.reached().await;
        heard(&world).await;
        stalled.release();
        assert_ended(asking.await.unwrap());
        assert_eq!((world.calls().revocation, world.provider().live_grants()), (1, 0), "{moment:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn bm05_a_logout_before_the_call_stops_it() {
    for (verb, moment) in
        [(Verb::Lease, Moment::Before), (Verb::Lease, Moment::After), (Verb::BeginAttempt, Moment::Before)]
    {
        let (world, alice) = world_with_a_due_session().await;
        let before = world.calls();
        let stalled = world.store().stall_next(verb, moment);
        let asking = ask(&alice.session(&world).await);
        stalled.reached().await;
        heard(&world).await;
        stalled.release();
        assert_ended(asking.await.unwrap());
        assert_eq!(world.calls(), before, "{verb:?} {moment:?}");
    }
}

/// Those who wait at another node learn of it as well.
#[tokio::test(start_paused = true)]
async fn bm05_a_logout_reaches_those_who_wait_at_another_node() {
    let (world, alice) = world_with_a_due_session().await;
    let second = world.second_node().await;
    let held = world.provider().hold(Call::Token);
    let leader = ask(&alice.session(&world).await);
    held.reached().await;
    let waiter = ask(&alice.session(&second).await);
    tokio::task::yield_now().await;
    heard(&world).await;
    assert_ended(waiter.await.unwrap());
    held.release();
    assert_ended(leader.await.unwrap());
}

/// A revocation endpoint that fails changes nothing about the logout.
#[tokio::test(start_paused = true)]
async fn bm05_a_failed_revocation_at_the_provider_keeps_nobody_logged_in() {
    let (world, alice) = world_with_a_due_session().await;
    world.provider().fault(Call::Revocation, || scenarios::provider::fault::unavailable(5));
    let held = world.provider().hold(Call::Token);
    let asking = ask(&alice.session(&world).await);
    held.reached().await;
    heard(&world).await;
    held.release();
    assert_ended(asking.await.unwrap());
    assert_eq!(alice.page(&world, "/").await.text(), "hello stranger");
}
