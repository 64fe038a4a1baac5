use std::{
    collections::{BTreeMap, VecDeque},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use async_trait::async_trait;
use bytes::Bytes;
use http::{Request, Response};
use tokio::sync::Notify;
use vestibule::{
    testing::TestTransport,
    transport::{Limits, Transport, TransportError, TransportErrorKind},
};

use super::Call;

/// A connection to the provider. Other tasks run while a call is under way, as over a network.
#[derive(Clone, Debug)]
pub struct Wire {
    transport: TestTransport,
    gates: Gates,
}

impl Wire {
    pub(super) fn new(transport: TestTransport, gates: Gates) -> Self {
        Self { transport, gates }
    }
}

#[async_trait]
impl Transport for Wire {
    async fn send(&self, request: Request<Bytes>, limits: Limits) -> Result<Response<Bytes>, TransportError> {
        let fate = Call::of(request.uri().path()).and_then(|call| self.gates.next(call));
        tokio::task::yield_now().await;
        let answer = self.transport.send(request, limits).await;
        match fate {
            Some(Fate::Held(gate)) => gate.pass().await,
            Some(Fate::Lost) => return Err(TransportError::new(TransportErrorKind::TimedOut, true)),
            None => tokio::task::yield_now().await,
        }
        answer
    }
}

/// The answers that are to be kept back or lost.
#[derive(Clone, Debug, Default)]
pub(super) struct Gates(Arc<Mutex<BTreeMap<Call, VecDeque<Fate>>>>);

/// What happens to an answer on its way.
#[derive(Debug)]
enum Fate {
    Held(Arc<Gate>),
    Lost,
}

impl Gates {
    pub(super) fn hold(&self, call: Call) -> Held {
        let gate = Arc::new(Gate::default());
        self.push(call, Fate::Held(Arc::clone(&gate)));
        Held(gate)
    }

    pub(super) fn lose(&self, call: Call) {
        self.push(call, Fate::Lost);
    }

    fn push(&self, call: Call, fate: Fate) {
        self.lock().entry(call).or_default().push_back(fate);
    }

    fn next(&self, call: Call) -> Option<Fate> {
        self.lock().get_mut(&call)?.pop_front()
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<Call, VecDeque<Fate>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[derive(Debug, Default)]
struct Gate {
    reached: Notify,
    opened: Notify,
}

impl Gate {
    async fn pass(&self) {
        self.reached.notify_one();
        self.opened.notified().await;
    }
}

/// A call that the provider has carried out and whose answer it keeps back. Dropping this lets the answer go.
#[derive(Debug)]
pub struct Held(Arc<Gate>);

impl Held {
    /// Waits until the call has been carried out.
    pub async fn reached(&self) {
        self.0.reached.notified().await;
    }

    /// Lets the answer go.
    pub fn release(self) {}
}

impl Drop for Held {
    fn drop(&mut self) {
        self.0.opened.notify_one();
    }
}
