//! A provider that cannot answer ends no session (checklist D18).

use std::{
    sync::atomic::{AtomicUsize, Ordering},
    time::Duration,
};

use bytes::Bytes;
use http::Response;
use scenarios::{
    Bare, Call, Calls, Mount, World, on_every_mount,
    provider::{
        ACCESS_TOKEN_LIFETIME,
        fault::{self, Outcome},
    },
};
use serde_json::json;
use vestibule::{Clock, Diagnose};

use crate::support::{ask, grant_calls, refused, renewed, world_with_a_due_session};

/// An outage, how it is made, and how many calls one refresh makes: a lost answer is asked for once more.
type Outage = (&'static str, fn() -> Outcome, usize);

const OUTAGES: [Outage; 14] = [
    ("no connection", fault::unreachable, 1),
    ("a reset after sending", fault::reset, 2),
    ("no answer in time", fault::timeout, 2),
    ("500", || fault::json(500, &json!({})), 1),
    ("502 with a page", || text(502, "<p>Bad gateway"), 1),
    ("503", || fault::unavailable(0), 1),
    ("429", || fault::json(429, &json!({})), 1),
    ("temporarily_unavailable", || fault::oauth_error("temporarily_unavailable"), 1),
    ("a page with 200", fault::page, 2),
    ("nothing with 200", || text(200, ""), 2),
    ("truncated JSON", || text(200, "{\"access_token\":\"a\",\"token_ty"), 2),
    (
        "a repeated member",
        || text(200, "{\"access_token\":\"a\",\"access_token\":\"b\",\"token_type\":\"Bearer\"}"),
        2,
    ),
    ("no token_type", || fault::json(200, &json!({ "access_token": "a" })), 2),
    ("a list", || fault::json(200, &json!([])), 2),
];

fn text(status: u16, body: &'static str) -> Outcome {
    let mut response = Response::new(Bytes::from_static(body.as_bytes()));
    *response.status_mut() = status.try_into().expect("a status");
    response
        .headers_mut()
        .insert(http::header::CONTENT_TYPE, http::HeaderValue::from_static("application/json"));
    Ok(response)
}

on_every_mount! {
    d18_an_outage_is_503_and_never_a_logout
    h03_lifetimes_run_on_during_an_outage
}

async fn d18_an_outage_is_503_and_never_a_logout(mount: &'static dyn Mount) -> World {
    let world = World::new(mount).await;
    let alice = world.login("alice").await;
    for (outage, answer, calls) in OUTAGES {
        let token = renewed(&alice, &world).await;
        world.advance(Duration::from_secs(ACCESS_TOKEN_LIFETIME - 20));
        world.provider().fault(Call::Token, answer);
        let before = world.calls();
        assert_eq!(renewed(&alice, &world).await, token, "{outage}: the old one lives");
        assert_eq!(grant_calls(world.calls() - before), (calls, 0), "{outage}");

        world.advance(Duration::from_secs(20));
        let before = world.calls();
        assert_eq!(refused(&alice, &world).await, (503, "refresh.unavailable".into()), "{outage}");
        assert_eq!(grant_calls(world.calls() - before), (calls, 0), "{outage}");
        assert_eq!(alice.page(&world, "/me").await.text(), "only for you, alice", "{outage}");

        world.provider().repair(Call::Token);
        world.advance(Duration::from_secs(1));
        assert_ne!(renewed(&alice, &world).await, token, "{outage}: it passed");
    }
    world
}

async fn h03_lifetimes_run_on_during_an_outage(mount: &'static dyn Mount) -> World {
    let world = World::new(mount).await;
    let alice = world.login("alice").await;
    let began = world.clock().unix_time();
    world.provider().go_down();
    for _ in 0..60 {
        world.advance(Duration::from_secs(12 * 60));
        let before = world.calls();
        match refused(&alice, &world).await {
            (503, code) => assert_eq!(code, "refresh.unavailable"),
            other => {
                assert_eq!(other, (401, "auth.required".into()));
                assert_eq!(world.calls(), before);
                let minutes = (world.clock().unix_time() - began).as_secs() / 60;
                assert!((720..732).contains(&minutes), "it ended after {minutes} minutes");
                return world;
            }
        }
    }
    panic!("the absolute lifetime never ended");
}

/// Asking again at once would be hammering.
#[tokio::test(start_paused = true)]
async fn h13_a_failed_refresh_is_repeated_after_a_second() {
    let (world, alice) = world_with_a_due_session().await;
    world.provider().fault(Call::Token, || fault::json(500, &json!({})));
    for round in 1..=3 {
        let before = world.calls();
        for _ in 0..10 {
            assert_eq!(refused(&alice, &world).await.0, 503);
            world.advance(Duration::from_millis(50));
        }
        assert_eq!(world.calls() - before, Calls::TOKEN, "round {round}");
        world.advance(Duration::from_secs(1));
    }
}

/// A provider that asks to wait is left alone that long, up to a minute.
#[tokio::test(start_paused = true)]
async fn h13_retry_after_is_obeyed_up_to_a_minute() {
    for (asked, obeyed) in [(17, 17), (3600, 60)] {
        let (world, alice) = world_with_a_due_session().await;
        world.provider().fault(Call::Token, move || fault::unavailable(asked));
        assert_eq!(refused(&alice, &world).await.0, 503);
        let before = world.calls();
        world.advance(Duration::from_secs(obeyed - 1));
        assert_eq!(refused(&alice, &world).await, (503, "refresh.unavailable".into()));
        assert_eq!(world.calls(), before, "asked to wait {asked} s");
        world.provider().repair(Call::Token);
        world.advance(Duration::from_secs(1));
        renewed(&alice, &world).await;
        assert_eq!(world.calls() - before, Calls::TOKEN);
    }
}

/// The metadata is not to be had, so there is nowhere to send the refresh token to.
#[tokio::test(start_paused = true)]
async fn h03_a_node_that_never_reached_the_provider_keeps_the_session() {
    let (world, alice) = world_with_a_due_session().await;
    let second = world.second_node().await;
    world.provider().go_down();
    assert_eq!(refused(&alice, &second).await, (503, "refresh.unavailable".into()));
    assert_eq!(world.calls().token, 1);
    world.provider().come_up();
    world.advance(Duration::from_secs(60));
    renewed(&alice, &second).await;
}

/// Before sending nothing can be spent; after sending it may be, which one more call finds out.
#[tokio::test(start_paused = true)]
async fn h15_a_reset_costs_a_second_call_only_after_sending() {
    for (answer, calls) in [(fault::unreachable as fn() -> Outcome, 1), (fault::reset, 2)] {
        let (world, alice) = world_with_a_due_session().await;
        world.provider().fault(Call::Token, answer);
        let before = world.calls();
        assert_eq!(refused(&alice, &world).await, (503, "refresh.unavailable".into()));
        assert_eq!(world.calls() - before, Calls { token: calls, ..Calls::NONE });
        world.provider().repair(Call::Token);
        world.advance(Duration::from_secs(1));
        renewed(&alice, &world).await;
        assert_eq!(world.provider().live_grants(), 1);
    }
}

/// Broken answers and none, in any order, a hundred times: the session is there when the provider is.
#[tokio::test(start_paused = true)]
async fn h14_a_flapping_provider_ends_no_session() {
    let world = World::new(&Bare).await;
    let alice = world.login("alice").await;
    let next = AtomicUsize::new(0);
    world.provider().fault(Call::Token, move || {
        let (_, answer, _) = OUTAGES[next.fetch_add(1, Ordering::Relaxed) * 5 % OUTAGES.len()];
        answer()
    });
    world.advance(Duration::from_secs(ACCESS_TOKEN_LIFETIME));
    for _ in 0..100 {
        let error = ask(&alice.session(&world).await).await.unwrap().unwrap_err();
        assert_eq!(error.disposition(), vestibule::Disposition::Retry, "{error:?}");
        world.advance(Duration::from_secs(2));
    }
    world.provider().repair(Call::Token);
    renewed(&alice, &world).await;
    assert_eq!(world.provider().live_grants(), 1);
}
