//! Row F14 in time: how fast a provider is asked about a login on another device.

use std::time::Duration;

use serde_json::{Value, json};
use vestibule::{
    DevicePoll, Disposition, PendingDeviceLogin,
    testing::json_response,
    transport::{TransportError, TransportErrorKind},
};

use crate::{
    device::{answer, app, begin, refuse, world},
    support::{World, html, raw, retry_later, verdict, with, without},
};

/// An attempt at a provider that gives this interval.
async fn started_with(interval: Option<Value>) -> (World, PendingDeviceLogin) {
    let world = world();
    let answer = match interval {
        Some(interval) => with(answer(), "interval", interval),
        None => without(answer(), "interval"),
    };
    world.op.respond("/device_authorization", json_response(200, &answer));
    let pending = begin(&world).await.pending;
    (world, pending)
}

/// Asks once; how long to wait after that.
async fn ask(world: &World, pending: &mut PendingDeviceLogin) -> u64 {
    let _ = app(world).poll_device_login(pending).await;
    pending.wait().as_secs()
}

#[tokio::test]
async fn f14_five_seconds_are_the_least() {
    for (interval, expected) in [
        (None, 5),
        (Some(json!(0)), 5),
        (Some(json!(1)), 5),
        (Some(json!(5)), 5),
        (Some(json!(30)), 30),
        (Some(json!(u64::MAX)), u64::MAX),
    ] {
        let (_, pending) = started_with(interval.clone()).await;
        assert_eq!(pending.wait(), Duration::from_secs(expected), "{interval:?}");
    }
}

#[tokio::test]
async fn f14_slow_down_adds_five_seconds_each_time_for_good() {
    let (world, mut pending) = started_with(Some(json!(0))).await;
    refuse(&world, "slow_down");
    for expected in [10, 15, 20] {
        let outcome = app(&world).poll_device_login(&mut pending).await;
        assert!(matches!(outcome, Ok(DevicePoll::Pending)));
        assert_eq!(pending.wait().as_secs(), expected);
    }
    refuse(&world, "authorization_pending");
    assert_eq!(ask(&world, &mut pending).await, 20);
    assert_eq!(world.op.heard(), ["/token"; 4]);
    let (_, mut endless) = started_with(Some(json!(u64::MAX))).await;
    refuse(&world, "slow_down");
    assert_eq!(ask(&world, &mut endless).await, u64::MAX);
}

#[tokio::test]
async fn f14_failures_double_the_pause_up_to_a_minute_and_end_nothing() {
    let (world, mut pending) = started_with(None).await;
    world.op.respond("/token", html(500));
    for expected in [10, 20, 40, 60, 60] {
        let outcome = app(&world).poll_device_login(&mut pending).await;
        assert_eq!(verdict(outcome), ("native.device_unavailable", Disposition::Retry));
        assert_eq!(pending.wait().as_secs(), expected);
    }
    refuse(&world, "authorization_pending");
    assert_eq!(ask(&world, &mut pending).await, 5, "a provider that answers is asked as before");
}

#[tokio::test]
async fn f14_every_kind_of_outage_slows_down() {
    for kind in [TransportErrorKind::TimedOut, TransportErrorKind::Unreachable, TransportErrorKind::Tls] {
        for maybe_sent in [true, false] {
            let (world, mut pending) = started_with(None).await;
            world.op.answer("/token", move |_| Err(TransportError::new(kind, maybe_sent)));
            let outcome = app(&world).poll_device_login(&mut pending).await;
            assert_eq!(verdict(outcome), ("native.device_unavailable", Disposition::Retry), "{kind}");
            assert_eq!(pending.wait().as_secs(), 10, "{kind}");
        }
    }
    for (answer, expected) in [
        (html(429), "native.device_unavailable"),
        (html(503), "native.device_unavailable"),
        (json_response(400, &json!({ "error": "temporarily_unavailable" })), "native.device_unavailable"),
        (html(200), "native.device_invalid"),
        (html(404), "native.device_invalid"),
        (raw(200, "application/json", r#"{"access_token":"at-1"}"#), "native.device_invalid"),
    ] {
        let (world, mut pending) = started_with(None).await;
        world.op.respond("/token", answer);
        let outcome = app(&world).poll_device_login(&mut pending).await;
        assert_eq!(verdict(outcome), (expected, Disposition::Retry));
        assert_eq!(pending.wait().as_secs(), 10, "{expected}");
        assert!(!pending.remaining(&world.clock).is_zero(), "the attempt goes on");
    }
}

#[tokio::test]
async fn f14_a_pause_that_was_asked_for_is_kept() {
    for (header, expected) in [("17", 17), ("3", 10), ("999999", 60), ("never", 10)] {
        let (world, mut pending) = started_with(None).await;
        world.op.respond("/token", retry_later(503, header));
        assert_eq!(ask(&world, &mut pending).await, expected, "{header}");
    }
    let (world, mut pending) = started_with(Some(json!(90))).await;
    world.op.respond("/token", html(503));
    assert_eq!(ask(&world, &mut pending).await, 90, "never faster than the provider allows");
}
