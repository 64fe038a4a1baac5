//! A service's token: fetched once for all, renewed ahead of its end, replaced when an API refuses it.

use std::{
    future::Future,
    pin::{Pin, pin},
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    task::{Context, Poll, Waker},
    time::Duration,
};

use bytes::Bytes;
use http::{Request, Response};
use serde_json::json;
use vestibule::{
    AccessToken, ClientSecret, Clock, Disposition, Provider, TokenSource,
    testing::{SeededRandom, TestClock, json_response},
    transport::{Limits, Transport, TransportError},
};

use crate::support::{ISSUER, SECRET, World, html, retry_later, unreachable, verdict};

/// A provider whose tokens are numbered and good for `lifetime` seconds.
fn source(lifetime: impl Into<Option<u64>>) -> (World, TokenSource) {
    let world = World::new();
    issue(&world, lifetime.into());
    let source = world.provider.service("nightly", ClientSecret::new(SECRET)).token_source(["reports:read"]);
    (world, source)
}

fn issue(world: &World, lifetime: Option<u64>) {
    let issued = AtomicUsize::new(1);
    world.op.answer("/token", move |_| Ok(numbered(issued.fetch_add(1, Ordering::Relaxed), lifetime)));
}

fn numbered(number: usize, lifetime: Option<u64>) -> Response<Bytes> {
    let mut answer = json!({ "access_token": format!("at-{number}"), "token_type": "Bearer" });
    if let Some(lifetime) = lifetime {
        answer["expires_in"] = lifetime.into();
    }
    json_response(200, &answer)
}

fn token_calls(world: &World) -> usize {
    world.op.take().iter().filter(|sent| sent.path == "/token").count()
}

async fn text(source: &TokenSource) -> String {
    source.token().await.unwrap().expose().to_owned()
}

#[tokio::test]
async fn a_token_is_fetched_once_and_renewed_ahead_of_its_end() {
    let (world, source) = source(100);
    for _ in 0..3 {
        assert_eq!(text(&source).await, "at-1");
    }
    assert_eq!(token_calls(&world), 1);
    world.clock.advance(Duration::from_secs(79));
    assert_eq!(text(&source.clone()).await, "at-1");
    world.clock.advance(Duration::from_secs(1));
    assert_eq!(text(&source).await, "at-2", "a fifth of its life is left");
    assert_eq!(token_calls(&world), 1);
}

#[tokio::test]
async fn a_long_lived_token_is_renewed_five_minutes_ahead() {
    let (world, source) = source(86_399);
    text(&source).await;
    world.clock.advance(Duration::from_secs(86_399 - 301));
    assert_eq!(text(&source).await, "at-1");
    world.clock.advance(Duration::from_secs(1));
    assert_eq!(text(&source).await, "at-2");
}

#[tokio::test]
async fn a_token_that_does_not_say_when_it_ends_is_used_for_five_minutes() {
    let (world, source) = source(None);
    text(&source).await;
    world.clock.advance(Duration::from_secs(239));
    assert_eq!(text(&source).await, "at-1");
    world.clock.advance(Duration::from_secs(1));
    assert_eq!(text(&source).await, "at-2");
}

#[tokio::test]
async fn h03_an_outage_is_bridged_while_the_token_is_good() {
    let (world, source) = source(100);
    text(&source).await;
    world.op.answer("/token", |_| Err(unreachable(false)));
    world.clock.advance(Duration::from_secs(89));
    assert_eq!(text(&source).await, "at-1");
    world.clock.advance(Duration::from_secs(1));
    assert_eq!(
        verdict(source.token().await),
        ("http.unreachable", Disposition::Retry),
        "ten seconds before its end"
    );
}

#[tokio::test]
async fn a_token_ends_by_the_wall_clock_too() {
    let (world, source) = source(100);
    text(&source).await;
    // The machine slept: the monotonic clock stood still.
    world.clock.set_wall(world.clock.unix_time() + Duration::from_secs(100));
    assert_eq!(text(&source).await, "at-2");
}

#[tokio::test]
async fn e22_failures_back_off_and_obey_retry_after() {
    let (world, source) = source(100);
    world.op.respond("/token", html(500));
    for _ in 0..5 {
        assert_eq!(verdict(source.token().await), ("http.unavailable", Disposition::Retry));
    }
    assert_eq!(token_calls(&world), 1);
    world.clock.advance(Duration::from_secs(1));
    world.op.respond("/token", retry_later(429, "30"));
    source.token().await.unwrap_err();
    world.clock.advance(Duration::from_secs(29));
    let repeated = source.token().await.unwrap_err();
    assert_eq!(repeated.retry_after().unwrap().pause().as_secs(), 30);
    assert_eq!(token_calls(&world), 1);
    issue(&world, Some(100));
    world.clock.advance(Duration::from_secs(1));
    assert_eq!(text(&source).await, "at-1");
}

#[tokio::test]
async fn a_refused_token_is_replaced_once_for_all_who_had_it() {
    let (world, source) = source(100);
    let refused = source.token().await.unwrap();
    for _ in 0..3 {
        assert_eq!(source.after_rejected(&refused).await.unwrap().expose(), "at-2");
    }
    assert_eq!(token_calls(&world), 2);
    assert_eq!(text(&source).await, "at-2");
}

#[tokio::test]
async fn an_api_that_refuses_every_token_drives_no_load() {
    let (world, source) = source(100);
    let mut refused = source.token().await.unwrap();
    refused = source.after_rejected(&refused).await.unwrap();
    for _ in 0..10 {
        let error = source.after_rejected(&refused).await;
        assert_eq!(verdict(error), ("service.rejected_again", Disposition::Config));
    }
    assert_eq!(token_calls(&world), 2);
    world.clock.advance(Duration::from_secs(10));
    assert_eq!(source.after_rejected(&refused).await.unwrap().expose(), "at-3");
}

#[tokio::test]
async fn a_token_from_elsewhere_replaces_nothing() {
    let (world, source) = source(100);
    text(&source).await;
    assert_eq!(source.after_rejected(&AccessToken::new("another")).await.unwrap().expose(), "at-1");
    assert_eq!(token_calls(&world), 1);
}

#[tokio::test]
async fn the_token_is_attached_to_no_call_of_the_provider() {
    let (world, source) = source(100);
    let refused = source.token().await.unwrap();
    source.after_rejected(&refused).await.unwrap();
    for sent in world.op.take() {
        let authorization = sent.header(http::header::AUTHORIZATION).unwrap_or_default();
        assert!(!authorization.starts_with("Bearer"), "{}", sent.path);
        assert!(!String::from_utf8_lossy(&sent.body).contains("at-"), "{}", sent.path);
    }
    assert!(!format!("{source:?}").contains("at-"));
}

/// A provider whose token endpoint answers when it is told to.
#[derive(Clone, Debug, Default)]
struct Slow(Arc<Mutex<Gate>>);

#[derive(Debug, Default)]
struct Gate {
    is_open: bool,
    calls: usize,
}

#[async_trait::async_trait]
impl Transport for Slow {
    async fn send(&self, request: Request<Bytes>, _: Limits) -> Result<Response<Bytes>, TransportError> {
        if request.uri().path() != "/token" {
            return Ok(json_response(200, &World::new().metadata()));
        }
        let number = {
            let mut gate = self.0.lock().unwrap();
            gate.calls += 1;
            gate.calls
        };
        std::future::poll_fn(
            |_| if self.0.lock().unwrap().is_open { Poll::Ready(()) } else { Poll::Pending },
        )
        .await;
        Ok(numbered(number, Some(100)))
    }
}

fn poll<F: Future + ?Sized>(future: Pin<&mut F>) -> Poll<F::Output> {
    future.poll(&mut Context::from_waker(Waker::noop()))
}

#[test]
fn a_hundred_callers_make_one_call_whoever_goes_away() {
    let transport = Slow::default();
    let provider = Provider::builder(ISSUER)
        .unwrap()
        .transport(transport.clone())
        .clock(TestClock::default())
        .random(SeededRandom::new(1))
        .build()
        .unwrap();
    let source = provider.service("nightly", ClientSecret::new(SECRET)).token_source(["reports:read"]);
    let mut callers: Vec<_> = (0..100).map(|_| Box::pin(source.token())).collect();
    for caller in &mut callers {
        assert!(poll(caller.as_mut()).is_pending());
    }
    assert_eq!(transport.0.lock().unwrap().calls, 1);
    // The caller that fetches goes away, and the next one starts over.
    drop(callers.remove(0));
    transport.0.lock().unwrap().is_open = true;
    let mut tokens = Vec::new();
    for mut caller in callers {
        loop {
            if let Poll::Ready(token) = poll(caller.as_mut()) {
                tokens.push(token.unwrap().expose().to_owned());
                break;
            }
        }
    }
    assert_eq!(transport.0.lock().unwrap().calls, 2);
    assert!(tokens.iter().all(|token| token == "at-2") && tokens.len() == 99);
    let mut later = pin!(source.token());
    assert!(matches!(poll(later.as_mut()), Poll::Ready(Ok(_))), "no runtime was needed");
}
