//! The bundled transport against real sockets on this machine, whose other end misbehaves: rows E02 to E04, E10, E11 and
//! E22 of the security checklist.
//!
//! Nothing here sleeps. A server that stalls does so until its client hangs up.

mod connections;
mod limits;
mod own_client;
mod redirects;
mod server;
mod surroundings;
mod tls;

use std::time::Duration;

use bytes::Bytes;
use http::{Method, Request, Response};
use vestibule::transport::{HttpTransport, Limits, Transport, TransportError, TransportErrorKind};

/// Ample time for an answer, and little room.
const ROOMY: Limits = Limits { time: Duration::from_secs(10), body: 1024 };

/// So little time that a stalled call ends soon.
const HASTY: Limits = Limits { time: Duration::from_millis(250), body: 1024 };

fn get(url: &str) -> Request<Bytes> {
    Request::get(url).body(Bytes::new()).unwrap()
}

fn post(url: &str, body: &'static str) -> Request<Bytes> {
    Request::builder().method(Method::POST).uri(url).body(Bytes::from_static(body.as_bytes())).unwrap()
}

async fn send(request: Request<Bytes>, limits: Limits) -> Result<Response<Bytes>, TransportError> {
    HttpTransport::new().unwrap().send(request, limits).await
}

/// How a call failed, and whether it may have reached the other end.
fn failure(outcome: Result<Response<Bytes>, TransportError>) -> (TransportErrorKind, bool) {
    let error = outcome.expect_err("this call must fail");
    (error.kind(), error.maybe_sent())
}
