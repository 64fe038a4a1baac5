//! Row E14, and E22 where it concerns metadata: how often a provider is asked what it is.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use async_trait::async_trait;
use bytes::Bytes;
use http::{Request, Response};
use tokio::{sync::Semaphore, task::JoinSet};
use vestibule::{
    Diagnose, Disposition, Provider,
    testing::{SeededRandom, TestClock, json_response},
    transport::{Limits, Transport, TransportError, TransportErrorKind},
};

use crate::support::{ISSUER, World, code, html, retry_later, unreachable, with};

const DISCOVERY: &str = "/.well-known/openid-configuration";

/// A transport that answers when it is let.
#[derive(Clone, Debug)]
struct Gate {
    open: Arc<Semaphore>,
    asked: Arc<AtomicUsize>,
}

impl Gate {
    fn shut() -> Self {
        Self { open: Arc::new(Semaphore::new(0)), asked: Arc::default() }
    }

    fn provider(&self, clock: &TestClock) -> Provider {
        let builder = Provider::builder(ISSUER).unwrap().transport(self.clone()).clock(clock.clone());
        builder.random(SeededRandom::new(7)).build().unwrap()
    }

    fn asked(&self) -> usize {
        self.asked.load(Ordering::SeqCst)
    }
}

#[async_trait]
impl Transport for Gate {
    async fn send(&self, _: Request<Bytes>, _: Limits) -> Result<Response<Bytes>, TransportError> {
        self.asked.fetch_add(1, Ordering::SeqCst);
        self.open.acquire().await.unwrap().forget();
        Ok(json_response(200, &World::new().metadata()))
    }
}

/// Asks for the metadata, and must not have to wait.
async fn ask_without_waiting(provider: &Provider) {
    let provider = provider.clone();
    let asking = tokio::spawn(async move { provider.metadata().await.map(drop) });
    settle().await;
    assert!(asking.is_finished(), "this caller waits");
    asking.await.unwrap().unwrap();
}

/// Lets every task that can go on do so.
async fn settle() {
    for _ in 0..16 {
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn e14_a_thousand_cold_callers_are_one_fetch() {
    let gate = Gate::shut();
    let provider = gate.provider(&TestClock::default());
    let mut callers = JoinSet::new();
    for _ in 0..1000 {
        let provider = provider.clone();
        callers.spawn(async move { provider.metadata().await.map(drop) });
    }
    settle().await;
    assert_eq!(gate.asked(), 1);
    gate.open.add_permits(1000);
    while let Some(caller) = callers.join_next().await {
        caller.unwrap().unwrap();
    }
    assert_eq!(gate.asked(), 1);
}

#[tokio::test]
async fn e14_when_the_leader_goes_away_the_next_one_leads() {
    let gate = Gate::shut();
    let provider = gate.provider(&TestClock::default());
    let leader = tokio::spawn({
        let provider = provider.clone();
        async move { provider.metadata().await.map(drop) }
    });
    settle().await;
    let followers: Vec<_> = (0..10)
        .map(|_| {
            let provider = provider.clone();
            tokio::spawn(async move { provider.metadata().await.map(drop) })
        })
        .collect();
    settle().await;
    leader.abort();
    assert!(leader.await.unwrap_err().is_cancelled());
    gate.open.add_permits(1);
    for follower in followers {
        follower.await.unwrap().unwrap();
    }
    assert_eq!(gate.asked(), 2);
}

#[tokio::test]
async fn e14_callers_that_come_and_go_do_not_drive_the_load() {
    let gate = Gate::shut();
    let clock = TestClock::default();
    let provider = gate.provider(&clock);
    for _ in 0..100 {
        let caller = tokio::spawn({
            let provider = provider.clone();
            async move { provider.metadata().await.map(drop) }
        });
        settle().await;
        caller.abort();
        let _ = caller.await;
    }
    assert_eq!(gate.asked(), 3);
    assert_eq!(code(provider.metadata().await), "http.timeout");

    clock.advance(Duration::from_secs(1));
    gate.open.add_permits(1);
    provider.metadata().await.unwrap();
    assert_eq!(gate.asked(), 4);
}

#[tokio::test]
async fn e14_failures_back_off_from_one_second_to_sixty() {
    let world = World::new();
    world.op.answer(DISCOVERY, |_| Err(unreachable(false)));
    for longest in [1, 2, 4, 8, 16, 32, 60, 60, 60] {
        let longest = Duration::from_secs(longest);
        assert_eq!(code(world.provider.metadata().await), "http.unreachable");
        for _ in 0..100 {
            assert_eq!(code(world.provider.metadata().await), "http.unreachable", "told again");
        }
        assert_eq!(world.op.heard(), [DISCOVERY], "one call for all of them");

        world.clock.advance(longest * 3 / 4 - Duration::from_millis(1));
        assert_eq!(code(world.provider.metadata().await), "http.unreachable");
        assert!(world.op.heard().is_empty(), "too early");
        world.clock.advance(longest / 4 + Duration::from_millis(1));
    }
    world.publish(&world.metadata());
    world.provider.metadata().await.unwrap();
}

#[tokio::test]
async fn e14_after_a_success_the_pause_is_short_again() {
    let world = World::new();
    world.op.answer(DISCOVERY, |_| Err(unreachable(false)));
    for _ in 0..8 {
        assert!(world.provider.metadata().await.is_err());
        world.clock.advance(Duration::from_secs(60));
    }
    world.publish(&world.metadata());
    world.provider.metadata().await.unwrap();
    world.clock.advance(Duration::from_secs(60 * 60));
    world.op.respond(DISCOVERY, html(500));
    world.op.take();

    for _ in 0..3 {
        world.provider.metadata().await.unwrap();
        world.clock.advance(Duration::from_secs(1));
    }
    assert_eq!(world.op.heard(), [DISCOVERY; 2], "after one second, then not before two have passed");
}

#[tokio::test]
async fn e14_a_failure_is_not_kept_as_an_answer() {
    let world = World::new();
    world.op.respond(DISCOVERY, html(200));
    assert_eq!(code(world.provider.ready().await), "discovery.malformed");
    world.publish(&world.metadata());
    world.clock.advance(Duration::from_secs(1));
    world.provider.ready().await.unwrap();
}

#[tokio::test]
async fn e14_old_metadata_is_renewed_by_one_caller_and_kept_through_outages() {
    let world = World::new();
    world.provider.metadata().await.unwrap();
    world.clock.advance(Duration::from_secs(60 * 60 - 1));
    world.provider.metadata().await.unwrap();
    assert_eq!(world.op.heard(), [DISCOVERY], "an hour long");

    world.clock.advance(Duration::from_secs(1));
    world.op.respond(DISCOVERY, html(503));
    for _ in 0..100 {
        world.provider.metadata().await.unwrap();
    }
    assert_eq!(world.op.heard(), [DISCOVERY], "the outage is noticed once");

    world.publish(&with(world.metadata(), "token_endpoint", "https://op.example/token2"));
    world.clock.advance(Duration::from_secs(60));
    let renewed = world.provider.metadata().await.unwrap();
    assert_eq!(renewed.token_endpoint.path(), "/token2");
}

#[tokio::test]
async fn e14_metadata_that_turns_bad_replaces_nothing() {
    let world = World::new();
    world.provider.metadata().await.unwrap();
    world.clock.advance(Duration::from_secs(60 * 60));
    world.publish(&with(world.metadata(), "issuer", "https://evil.example"));
    assert_eq!(world.provider.metadata().await.unwrap().issuer.as_str(), ISSUER);
    assert_eq!(code(world.provider.refresh_if_due().await), "discovery.issuer_mismatch");
}

#[tokio::test]
async fn e14_with_a_background_task_no_request_waits() {
    let clock = TestClock::default();
    let gate = Gate::shut();
    let provider = gate.provider(&clock);
    gate.open.add_permits(1);
    provider.metadata().await.unwrap();

    clock.advance(Duration::from_secs(60 * 60));
    let background = tokio::spawn({
        let provider = provider.clone();
        async move { provider.refresh_if_due().await.map(drop) }
    });
    settle().await;
    assert_eq!(gate.asked(), 2, "the background task asks");
    ask_without_waiting(&provider).await;
    assert_eq!(gate.asked(), 2, "and nobody else");
    background.abort();
    let _ = background.await;
    ask_without_waiting(&provider).await;
    assert_eq!(gate.asked(), 2, "nor soon after it stopped");

    clock.advance(Duration::from_secs(120));
    gate.open.add_permits(1);
    provider.metadata().await.unwrap();
    assert_eq!(gate.asked(), 3, "requests take over when it is gone");
}

#[tokio::test]
async fn e14_a_provider_that_is_down_at_the_start_is_no_obstacle() {
    let world = World::new();
    world.op.answer(DISCOVERY, |_| Err(TransportError::new(TransportErrorKind::TimedOut, true)));
    let error = world.client.begin_login(&world.request()).await.unwrap_err();
    assert_eq!((error.code(), error.disposition()), ("http.timeout", Disposition::Retry));
    world.publish(&world.metadata());
    world.clock.advance(Duration::from_secs(1));
    world.client.begin_login(&world.request()).await.unwrap();
}

#[tokio::test]
async fn e22_a_provider_that_names_a_time_is_left_alone_until_then() {
    for (header, seconds) in [("30", 30), ("1000000000", 60), ("0", 1), ("-5", 1), ("soon", 1)] {
        let world = World::new();
        world.op.respond(DISCOVERY, retry_later(503, header));
        let error = world.provider.metadata().await.unwrap_err();
        assert_eq!(error.code(), "discovery.unavailable");
        world.op.take();
        let told = world.provider.metadata().await.unwrap_err();
        let asked = |error: &vestibule::Error| error.retry_after().map(|retry| retry.pause().as_secs());
        assert_eq!(asked(&told), asked(&error), "everybody is told the same");

        world.publish(&world.metadata());
        world.clock.advance(Duration::from_secs(seconds) * 3 / 4 - Duration::from_millis(1));
        assert_eq!(code(world.provider.metadata().await), "discovery.unavailable", "{header}");
        assert!(world.op.heard().is_empty(), "{header}");
        world.clock.advance(Duration::from_secs(seconds) / 4 + Duration::from_millis(1));
        world.provider.metadata().await.unwrap();
    }
}
