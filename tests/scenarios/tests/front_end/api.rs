use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use bytes::Bytes;
use http::{Request, Response};
use scenarios::{Mount, World};
use vestibule::transport::{Limits, Transport, TransportError};
use vestibule_web::Upstream;

/// Where front ends reach the API.
pub(crate) const AT: &str = "/api/orders";

type Answers = dyn Fn(&Request<Bytes>) -> Result<Response<Bytes>, TransportError> + Send + Sync;

/// An API without a socket, which keeps what it was asked.
#[derive(Clone)]
pub(crate) struct Api {
    asked: Arc<Mutex<Vec<Request<Bytes>>>>,
    answers: Arc<Answers>,
}

impl Api {
    pub(crate) fn answering(
        answers: impl Fn(&Request<Bytes>) -> Result<Response<Bytes>, TransportError> + Send + Sync + 'static,
    ) -> Self {
        Self { asked: Arc::default(), answers: Arc::new(answers) }
    }

    /// An API that says which token it was called with.
    pub(crate) fn open() -> Self {
        Self::answering(|request| Ok(Response::new(serial(request).into())))
    }

    /// Every request so far.
    pub(crate) fn asked(&self) -> Vec<Request<Bytes>> {
        self.asked.lock().unwrap().clone()
    }

    pub(crate) fn upstream(&self) -> Upstream {
        Upstream::through("https://orders.acme.example/v1", self.clone()).expect("an address")
    }

    /// An application that lets its front end call this API.
    pub(crate) async fn world(&self, mount: &'static dyn Mount) -> World {
        let upstream = self.upstream();
        World::with(mount, move |rp| rp.relay(AT, upstream.clone())).await
    }
}

#[async_trait]
impl Transport for Api {
    async fn send(&self, request: Request<Bytes>, _: Limits) -> Result<Response<Bytes>, TransportError> {
        let answer = (self.answers)(&request);
        self.asked.lock().unwrap().push(request);
        answer
    }
}

impl std::fmt::Debug for Api {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Api")
    }
}

/// The number of the access token that a request carries: it is no secret.
pub(crate) fn serial(request: &Request<Bytes>) -> String {
    let bearer = request.headers()["authorization"].to_str().unwrap();
    bearer.strip_prefix("Bearer ").unwrap().rsplit('.').next().unwrap().to_owned()
}

/// A call by a script of the application's own page.
pub(crate) fn call(path: &str) -> scenarios::Request {
    scenarios::Request::api(path).header("x-requested-with", "fetch")
}
