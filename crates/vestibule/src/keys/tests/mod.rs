//! E12–E17 and the faults around key sets, without a network and at a time of our own.

mod fetching;
mod freshness;
mod last_good_set;
mod rotation;

use std::{
    pin::Pin,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    task::{Context, Poll, Waker},
    time::Duration,
};

use async_trait::async_trait;
use bytes::Bytes;
use serde_json::{Value, json};

use super::{
    KeyCache,
    issuer_keys::IssuerKeys,
    source::{CurrentKeys, FetchKeys, KeySource},
};
use crate::{
    Algorithm, Clock, Diagnose, Error, KeysError,
    testing::{SeededRandom, TestClock, TestKey},
    transport::{TransportError, TransportErrorKind},
};

/// A provider's `jwks_uri` and one node that reads it.
struct Node {
    jwks: Jwks,
    cache: KeyCache,
    clock: TestClock,
}

/// What `jwks_uri` serves now.
struct Jwks {
    answer: Mutex<Answer>,
    fetches: AtomicUsize,
    /// A fetch ends when it gets one of these.
    turnstile: async_lock::Semaphore,
}

#[derive(Clone)]
enum Answer {
    Page { status: u16, header: Option<(&'static str, &'static str)>, body: String },
    Unreachable,
}

impl Node {
    fn new() -> Self {
        Self {
            jwks: Jwks {
                answer: Mutex::new(Answer::page(&key_set(&["k1"]))),
                fetches: AtomicUsize::new(0),
                turnstile: async_lock::Semaphore::new(usize::MAX >> 8),
            },
            cache: KeyCache::new(Arc::new(SeededRandom::new(1))),
            clock: TestClock::default(),
        }
    }

    /// Whose fetches hang until `let_through`.
    fn hanging() -> Self {
        let mut node = Self::new();
        node.jwks.turnstile = async_lock::Semaphore::new(0);
        node
    }

    fn let_through(&self, fetches: usize) {
        self.jwks.turnstile.add_permits(fetches);
    }

    fn serve(&self, answer: Answer) {
        *self.jwks.answer.lock().unwrap() = answer;
    }

    fn serve_keys(&self, kids: &[&str]) {
        self.serve(Answer::page(&key_set(kids)));
    }

    fn pass(&self, seconds: u64) {
        self.clock.advance(Duration::from_secs(seconds));
    }

    fn fetches(&self) -> usize {
        self.jwks.fetches.load(Ordering::Relaxed)
    }

    fn keys(&self) -> IssuerKeys<'_, &Jwks> {
        IssuerKeys { cache: &self.cache, fetch: &self.jwks, clock: &self.clock }
    }

    fn current(&self) -> Result<Vec<String>, KeysError> {
        ready(self.keys().current()).map(|current| kids(&current))
    }

    /// What a token with an unknown `kid` is offered.
    fn after_miss(&self) -> Result<Option<Vec<String>>, KeysError> {
        let current = ready(self.keys().current())?;
        let newer = ready(self.keys().after_miss(&current))?;
        Ok(newer.map(|keys| kids(&CurrentKeys { keys, just_fetched: false })))
    }

    /// What a background task does at its wake-ups.
    fn refresh_if_due(&self) -> Result<Duration, KeysError> {
        ready(self.keys().refresh_if_due())
    }
}

#[async_trait]
impl FetchKeys for &Jwks {
    async fn fetch(&self) -> Result<http::Response<Bytes>, Error> {
        self.fetches.fetch_add(1, Ordering::Relaxed);
        self.turnstile.acquire().await.forget();
        let answer = self.answer.lock().unwrap().clone();
        match answer {
            Answer::Page { status, header, body } => {
                let mut response = http::Response::builder().status(status);
                if let Some((name, value)) = header {
                    response = response.header(name, value);
                }
                Ok(response.body(Bytes::from(body)).unwrap())
            }
            Answer::Unreachable => Err(TransportError::new(TransportErrorKind::Unreachable, false).into()),
        }
    }
}

impl Answer {
    fn page(body: &(impl ToString + ?Sized)) -> Self {
        Self::Page { status: 200, header: None, body: body.to_string() }
    }
}

/// A key set with one ES256 key for each name.
fn key_set(kids: &[&str]) -> Value {
    let keys = kids.iter().map(|kid| TestKey::new(Algorithm::Es256, *kid).jwk());
    json!({ "keys": keys.collect::<Vec<_>>() })
}

fn kids(current: &CurrentKeys) -> Vec<String> {
    current.keys.keys().iter().filter_map(|key| key.kid().map(str::to_owned)).collect()
}

/// The code that a call fails with.
fn code<T: std::fmt::Debug>(result: Result<T, KeysError>) -> &'static str {
    result.expect_err("this must fail").code()
}

fn poll<T>(future: Pin<&mut (impl Future<Output = T> + ?Sized)>) -> Poll<T> {
    future.poll(&mut Context::from_waker(Waker::noop()))
}

/// The result of a future that has nothing to wait for.
fn ready<T>(future: impl Future<Output = T>) -> T {
    match poll(std::pin::pin!(future)) {
        Poll::Ready(value) => value,
        Poll::Pending => panic!("a request waits"),
    }
}
