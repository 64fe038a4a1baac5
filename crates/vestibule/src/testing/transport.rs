use std::{
    fmt,
    sync::{Arc, Mutex, PoisonError},
};

use async_trait::async_trait;
use bytes::Bytes;
use http::{Request, Response, StatusCode, header};

use crate::transport::{Limits, Transport, TransportError};

type Answer = dyn Fn(&Request<Bytes>) -> Result<Response<Bytes>, TransportError> + Send + Sync;

/// A transport whose other end is a function, and which counts what was sent. Clones share both.
#[derive(Clone)]
pub struct TestTransport(Arc<Inner>);

struct Inner {
    answer: Box<Answer>,
    sent: Mutex<Vec<String>>,
}

impl TestTransport {
    /// A transport that is answered by this function.
    pub fn new(
        answer: impl Fn(&Request<Bytes>) -> Result<Response<Bytes>, TransportError> + Send + Sync + 'static,
    ) -> Self {
        Self(Arc::new(Inner { answer: Box::new(answer), sent: Mutex::default() }))
    }

    /// The paths of all requests so far, in order.
    pub fn sent(&self) -> Vec<String> {
        self.lock().clone()
    }

    /// How many requests went to this path.
    pub fn count(&self, path: &str) -> usize {
        self.lock().iter().filter(|sent| *sent == path).count()
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Vec<String>> {
        self.0.sent.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// An answer with a JSON body.
pub fn json_response(status: u16, body: &serde_json::Value) -> Response<Bytes> {
    let mut response = Response::new(Bytes::from(body.to_string()));
    *response.status_mut() = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    response.headers_mut().insert(header::CONTENT_TYPE, header::HeaderValue::from_static("application/json"));
    response
}

#[cfg_attr(not(target_arch = "wasm32"), async_trait)]
#[cfg_attr(target_arch = "wasm32", async_trait(?Send))]
impl Transport for TestTransport {
    async fn send(&self, request: Request<Bytes>, _: Limits) -> Result<Response<Bytes>, TransportError> {
        self.lock().push(request.uri().path().to_owned());
        (self.0.answer)(&request)
    }
}

impl fmt::Debug for TestTransport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TestTransport").field("sent", &self.lock().len()).finish_non_exhaustive()
    }
}
