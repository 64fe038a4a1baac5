use std::{
    fmt,
    sync::{Arc, Mutex, PoisonError},
};

use async_trait::async_trait;
use bytes::Bytes;
use http::{Request, Response};
use serde_json::json;
use tokio::sync::Semaphore;
use vestibule::{
    testing::{TestTransport, json_response},
    transport::{Limits, Transport, TransportError, TransportErrorKind},
};

type Meanwhile = Box<dyn FnOnce() + Send>;

/// The way to the provider, on which something happens to the next call of its token endpoint. Clones are the same way.
#[derive(Clone)]
pub(crate) struct FaultyWire(Arc<Inner>);

struct Inner {
    provider: TestTransport,
    next: Mutex<Next>,
    arrived: Semaphore,
    may_pass: Semaphore,
}

#[derive(Default)]
enum Next {
    #[default]
    Nothing,
    /// It arrives, and something else happens before its answer is back.
    Meanwhile(Meanwhile),
    /// It arrives, and its answer is lost.
    Lost,
    /// The provider cannot answer.
    Down,
    /// The answer is held back.
    Held,
}

impl FaultyWire {
    pub(super) fn new(provider: TestTransport) -> Self {
        let (arrived, may_pass) = (Semaphore::new(0), Semaphore::new(0));
        Self(Arc::new(Inner { provider, next: Mutex::default(), arrived, may_pass }))
    }

    pub(crate) fn meanwhile(&self, happens: impl FnOnce() + Send + 'static) {
        self.set(Next::Meanwhile(Box::new(happens)));
    }

    pub(crate) fn lose_answer(&self) {
        self.set(Next::Lost);
    }

    pub(crate) fn be_down(&self) {
        self.set(Next::Down);
    }

    pub(crate) fn hold_answer(&self) {
        self.set(Next::Held);
    }

    /// Waits until a call whose answer is held back has arrived.
    pub(crate) async fn arrived(&self) {
        self.0.arrived.acquire().await.unwrap().forget();
    }

    pub(crate) fn release_answer(&self) {
        self.0.may_pass.add_permits(1);
    }

    fn set(&self, next: Next) {
        *self.0.next.lock().unwrap_or_else(PoisonError::into_inner) = next;
    }

    fn take(&self) -> Next {
        std::mem::take(&mut self.0.next.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

#[async_trait]
impl Transport for FaultyWire {
    async fn send(&self, request: Request<Bytes>, limits: Limits) -> Result<Response<Bytes>, TransportError> {
        let next = if request.uri().path() == "/token" { self.take() } else { Next::Nothing };
        if matches!(next, Next::Down) {
            return Ok(json_response(503, &json!({})));
        }
        let answer = self.0.provider.send(request, limits).await;
        match next {
            Next::Meanwhile(happens) => happens(),
            Next::Lost => return Err(TransportError::new(TransportErrorKind::TimedOut, true)),
            Next::Held => {
                self.0.arrived.add_permits(1);
                self.0.may_pass.acquire().await.unwrap().forget();
            }
            Next::Nothing | Next::Down => {}
        }
        answer
    }
}

impl fmt::Debug for FaultyWire {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("FaultyWire")
    }
}
