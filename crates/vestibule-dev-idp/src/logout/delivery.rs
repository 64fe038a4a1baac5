//! The deliveries of a logout, as their caller sees them.

use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::sync::oneshot;

use crate::blocking::block_on;

/// How an application was told that a session ended.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Delivery {
    /// The application.
    pub client_id: String,
    /// The status of its last answer; none where it never answered.
    pub status: Option<u16>,
    /// How often it was tried.
    pub attempts: u32,
    /// From the first try to the last answer.
    pub latency: Duration,
}

impl Delivery {
    /// Whether the application said that it ended its session.
    pub fn succeeded(&self) -> bool {
        matches!(self.status, Some(200 | 204))
    }
}

/// The deliveries of a logout under way.
///
/// They go on whether this is kept or not. Await it, or call [`wait`](Self::wait) where there is no runtime.
#[derive(Debug)]
pub struct Deliveries(oneshot::Receiver<Vec<Delivery>>);

impl Deliveries {
    pub(crate) fn new(receiver: oneshot::Receiver<Vec<Delivery>>) -> Self {
        Self(receiver)
    }

    /// Blocks this thread until every application was told, or could not be. It must not be the thread that serves
    /// one of them.
    pub fn wait(self) -> Vec<Delivery> {
        block_on(self)
    }
}

impl Future for Deliveries {
    type Output = Vec<Delivery>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        // A provider that stops in between has told nobody more.
        Pin::new(&mut self.0).poll(context).map(Result::unwrap_or_default)
    }
}
