//! New tokens are stored before anybody uses them (checklist D21).

use std::{mem::forget, time::Duration};

use scenarios::{Bare, Browser, Call, Calls, Mount, World, on_every_mount, provider::ACCESS_TOKEN_LIFETIME};
use vestibule_web::conformance::{Moment, Verb};

use crate::support::{ask, refused, renewed, settle, world_with_a_due_session};

on_every_mount! {
    d21_the_old_refresh_token_stays_where_no_new_one_comes
}

async fn d21_the_old_refresh_token_stays_where_no_new_one_comes(mount: &'static dyn Mount) -> World {
    let world = World::new(mount).await;
    world.provider().forgive_reuse();
    let alice = world.login("alice").await;
    world.provider().alter_token_answer(|answer| {
        answer.as_object_mut().expect("an object").remove("refresh_token");
    });
    let mut sent = Vec::new();
    for _ in 0..3 {
        world.advance(Duration::from_secs(ACCESS_TOKEN_LIFETIME));
        renewed(&alice, &world).await;
        sent.push(refresh_token_sent(&world));
    }
    sent.dedup();
    assert_eq!(sent.len(), 1);
    world
}

#[tokio::test(start_paused = true)]
async fn d21_nobody_gets_a_token_that_is_not_stored() {
    let (world, alice) = world_with_a_due_session().await;
    let stalled = world.store().stall_next(Verb::CommitRefresh, Moment::Before);
    let session = alice.session(&world).await;
    let tasks = [ask(&session), ask(&session)];
    stalled.reached().await;
    settle().await;
    assert!(tasks.iter().all(|task| !task.is_finished()));
    stalled.release();
    for task in tasks {
        assert_eq!(task.await.unwrap().unwrap(), renewed(&alice, &world).await);
    }
}

#[tokio::test(start_paused = true)]
async fn d21_a_store_that_fails_is_offered_the_tokens_again() {
    for moment in [Moment::Before, Moment::After] {
        for times in 1..=3 {
            let (world, alice) = world_with_a_due_session().await;
            for _ in 0..times {
                world.store().fail_next(Verb::CommitRefresh, moment);
            }
            let before = world.calls();
            let token = renewed(&alice, &world).await;
            assert_eq!(renewed(&alice, &world).await, token);
            assert_eq!(world.calls() - before, Calls::TOKEN, "{moment:?} {times}");
        }
    }
}

/// The provider answered, and the store is down: the request fails, the tokens do not get lost.
#[tokio::test(start_paused = true)]
async fn d21_a_store_that_is_down_after_the_call_loses_no_token() {
    let (world, alice) = world_with_a_due_session().await;
    let held = world.provider().hold(Call::Token);
    let session = alice.session(&world).await;
    let waiting = [ask(&session), ask(&session)];
    held.reached().await;
    world.store().outage(true);
    held.release();
    world.let_time_run();
    for request in waiting {
        assert_eq!(crate::support::code(request.await.unwrap()), "store.unavailable");
    }
    let before = world.calls();
    tokio::time::sleep(Duration::from_secs(15)).await;
    assert_eq!(crate::support::code(ask(&session).await.unwrap()), "store.unavailable");
    world.store().outage(false);
    tokio::time::sleep(Duration::from_secs(2)).await;
    let token = renewed(&alice, &world).await;
    assert_eq!(ask(&session).await.unwrap().unwrap(), token);
    assert_eq!(world.calls(), before, "what was fetched is used");
    assert_eq!(world.provider().live_grants(), 1);
}

/// The refresh waits for the store; those who asked for it do not wait with it.
#[tokio::test(start_paused = true)]
async fn h08_a_store_that_hangs_keeps_nobody_for_ever() {
    for verb in [Verb::Lease, Verb::BeginAttempt, Verb::CommitRefresh] {
        let (world, alice) = world_with_a_due_session().await;
        let stalled = world.store().stall_next(verb, Moment::Before);
        let session = alice.session(&world).await;
        let began = tokio::time::Instant::now();
        let tasks = [ask(&session), ask(&session)];
        for task in tasks {
            assert_eq!(crate::support::code(task.await.unwrap()), "refresh.busy", "{verb:?}");
        }
        assert_eq!(began.elapsed(), Duration::from_secs(30), "{verb:?}");
        let before = world.calls();
        stalled.release();
        settle().await;
        renewed(&alice, &world).await;
        let calls = usize::from(verb != Verb::CommitRefresh);
        assert_eq!((world.calls() - before).token, calls, "{verb:?}: it went on as soon as it could");
        assert_eq!(world.provider().live_grants(), 1);
    }
}

/// A store that fails before anything was sent: nothing was sent.
#[tokio::test(start_paused = true)]
async fn d21_a_store_that_fails_before_the_call_stops_it() {
    for (verb, moment) in [
        (Verb::Lease, Moment::Before),
        (Verb::Lease, Moment::After),
        (Verb::BeginAttempt, Moment::Before),
        (Verb::BeginAttempt, Moment::After),
    ] {
        let (world, alice) = world_with_a_due_session().await;
        let second = world.second_node().await;
        world.store().fail_next(verb, moment);
        let before = world.calls();
        assert_eq!(refused(&alice, &world).await, (503, "store.unavailable".into()), "{verb:?} {moment:?}");
        assert_eq!(world.calls(), before, "{verb:?} {moment:?}");
        renewed(&alice, &second).await;
        assert_eq!((world.calls() - before).token, 1, "at once: no lease is in the way, {verb:?} {moment:?}");
    }
}

/// After `invalid_grant` the store cannot tell whether somebody else succeeded: nothing ends.
#[tokio::test(start_paused = true)]
async fn d17_a_store_that_fails_at_the_refusal_ends_nothing() {
    let (world, alice) = world_with_a_due_session().await;
    world.provider().log_out(&alice);
    world.store().fail_next(Verb::EndIf, Moment::Before);
    assert_eq!(refused(&alice, &world).await, (503, "store.unavailable".into()));
    assert_eq!(world.state().await.sessions.len(), 1);
    world.advance(Duration::from_secs(1));
    assert_eq!(refused(&alice, &world).await, (401, "refresh.revoked".into()));
}

fn refresh_token_sent(world: &World) -> String {
    let request = world.provider().last_request(Call::Token);
    let mut form = url::form_urlencoded::parse(request.body());
    form.find(|(name, _)| name == "refresh_token").expect("a refresh").1.into_owned()
}

/// Two browsers of one user: what fails for one leaves the other alone.
#[tokio::test(start_paused = true)]
async fn d15_a_failed_commit_leaves_other_sessions_alone() {
    let (world, alice) = world_with_a_due_session().await;
    let other: Browser = world.login("alice").await;
    let token = renewed(&other, &world).await;
    for _ in 0..5 {
        world.store().fail_next(Verb::CommitRefresh, Moment::Before);
    }
    assert_eq!(refused(&alice, &world).await, (503, "store.unavailable".into()));
    assert_eq!(renewed(&other, &world).await, token);
}

#[tokio::test(start_paused = true)]
async fn h08_a_store_that_hangs_holds_up_no_later_refresh() {
    for verb in [Verb::Lease, Verb::BeginAttempt, Verb::CommitRefresh] {
        let (world, alice) = world_with_a_due_session().await;
        forget(world.store().stall_next(verb, Moment::Before));
        assert_eq!(refused(&alice, &world).await, (503, "refresh.busy".to_owned()), "{verb:?}");
        tokio::time::sleep(Duration::from_secs(35)).await;
        world.advance(Duration::from_secs(2));
        renewed(&alice, &world).await;
        assert_eq!(world.calls().token, 2, "{verb:?}: the login's and one more");
    }
}

/// RFC 6749 appendix A.12 and A.17: any printable ASCII, quotes and backslashes too.
#[tokio::test(start_paused = true)]
async fn d21_a_token_of_any_printable_characters_is_read_again() {
    let awkward: String = (' '..='~').collect();
    let world = World::new(&Bare).await;
    let answered = awkward.clone();
    world.provider().alter_token_answer(move |answer| {
        answer["access_token"] = answered.as_str().into();
        answer["refresh_token"] = answered.as_str().into();
    });
    let alice = world.login("alice").await;
    assert_eq!(alice.session(&world).await.access_token().await.unwrap().expose(), awkward);
}
