use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use async_trait::async_trait;
use bytes::Bytes;
use vestibule::transport::{HttpTransport, Limits, Transport, TransportError, TransportErrorKind};

use super::fault_points::FaultPoints;

/// The network, with a fault point before and after every call, and answers that can be late or lost.
#[derive(Debug)]
pub(super) struct Wire {
    inner: HttpTransport,
    points: Arc<FaultPoints>,
    answers: Arc<Answers>,
}

/// What becomes of the answers to what is posted.
#[derive(Debug, Default)]
pub(super) struct Answers {
    /// By how many milliseconds each is late.
    pub(super) late: AtomicU64,
    /// How many of the next are lost.
    pub(super) lost: AtomicU64,
}

impl Wire {
    pub(super) fn new(inner: HttpTransport, points: Arc<FaultPoints>, answers: Arc<Answers>) -> Self {
        Self { inner, points, answers }
    }

    async fn post(
        &self,
        request: http::Request<Bytes>,
        limits: Limits,
    ) -> Result<http::Response<Bytes>, TransportError> {
        let answer = self.inner.send(request, limits).await?;
        let Answers { late, lost } = &*self.answers;
        let late = late.load(Ordering::Relaxed);
        // Even a sleep of nothing would cost each call a tick of the timer.
        if late > 0 {
            tokio::time::sleep(Duration::from_millis(late)).await;
        }
        match lost.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |lost| lost.checked_sub(1)) {
            Ok(_) => Err(TransportError::new(TransportErrorKind::Unreachable, true)),
            Err(_) => Ok(answer),
        }
    }
}

#[async_trait]
impl Transport for Wire {
    async fn send(
        &self,
        request: http::Request<Bytes>,
        limits: Limits,
    ) -> Result<http::Response<Bytes>, TransportError> {
        let step = format!("{} {}", request.method(), request.uri().path());
        self.points
            .around(&step, async {
                if request.method() == http::Method::POST {
                    self.post(request, limits).await
                } else {
                    self.inner.send(request, limits).await
                }
            })
            .await
    }
}
