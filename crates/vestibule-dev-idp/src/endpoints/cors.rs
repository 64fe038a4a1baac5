//! Who may read answers in a browser (the CORS protocol of the Fetch standard).
//!
//! No layer of tower-http does this: which origins may read depends on the client that the form names, and a foreign
//! origin is to learn nothing, not even methods.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use http::header::{
    ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS, ACCESS_CONTROL_ALLOW_ORIGIN,
    ACCESS_CONTROL_EXPOSE_HEADERS, ACCESS_CONTROL_MAX_AGE, ACCESS_CONTROL_REQUEST_METHOD, ORIGIN, VARY,
};
use http::{HeaderValue, Method, StatusCode};

use crate::faults::Endpoint;
use crate::provider::Provider;

/// Stands around everything else, so that errors, outages and misbehaviour can be read, too.
pub(crate) async fn cors(State(provider): State<Arc<Provider>>, request: Request, next: Next) -> Response {
    let Some(methods) = Endpoint::of(request.uri().path()).and_then(methods) else {
        return next.run(request).await;
    };
    let origin = request.headers().get(ORIGIN).cloned();
    if request.method() == Method::OPTIONS && request.headers().contains_key(ACCESS_CONTROL_REQUEST_METHOD) {
        return preflight(&provider, origin, methods);
    }
    let mut answer = next.run(request).await;
    let client = answer.extensions().get::<CalledBy>().map(|CalledBy(client_id)| client_id.as_str());
    let reader = origin.filter(|origin| may_read(&provider, origin, client));
    answer.headers_mut().append(VARY, HeaderValue::from(ORIGIN));
    if let Some(origin) = reader {
        answer.headers_mut().insert(ACCESS_CONTROL_ALLOW_ORIGIN, origin);
        answer.headers_mut().insert(ACCESS_CONTROL_EXPOSE_HEADERS, HeaderValue::from_static(EXPOSED));
    }
    answer
}

/// Notes in an answer which client its request named.
pub(super) fn called_by(mut answer: Response, client_id: Option<String>) -> Response {
    if let Some(client_id) = client_id {
        answer.extensions_mut().insert(CalledBy(client_id));
    }
    answer
}

/// The client that a request named.
#[derive(Clone, Debug)]
struct CalledBy(String);

/// How scripts call an endpoint. None where a browser goes by itself, or never.
fn methods(endpoint: Endpoint) -> Option<&'static str> {
    match endpoint {
        Endpoint::Discovery | Endpoint::Jwks => Some("GET"),
        Endpoint::Revoke | Endpoint::Token => Some("POST"),
        Endpoint::UserInfo => Some("GET, POST"),
        Endpoint::Authorize
        | Endpoint::Device
        | Endpoint::DeviceAuthorization
        | Endpoint::Elsewhere
        | Endpoint::EndSession
        | Endpoint::Introspect
        | Endpoint::Login => None,
    }
}

/// Neither counted nor spoilt: a fault is meant for the call that follows.
fn preflight(provider: &Provider, origin: Option<HeaderValue>, methods: &'static str) -> Response {
    if provider.is_unavailable() {
        return StatusCode::SERVICE_UNAVAILABLE.into_response();
    }
    let mut answer = StatusCode::NO_CONTENT.into_response();
    let headers = answer.headers_mut();
    headers.insert(VARY, HeaderValue::from(ORIGIN));
    if let Some(origin) = origin.filter(|origin| may_read(provider, origin, None)) {
        headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, origin);
        headers.insert(ACCESS_CONTROL_ALLOW_METHODS, HeaderValue::from_static(methods));
        headers.insert(ACCESS_CONTROL_ALLOW_HEADERS, HeaderValue::from_static("authorization, content-type"));
        headers.insert(ACCESS_CONTROL_MAX_AGE, HeaderValue::from_static(MAX_AGE));
    }
    answer
}

/// Whether scripts from this origin may read an answer to the client; where it is not known, those of any application.
fn may_read(provider: &Provider, origin: &HeaderValue, client: Option<&str>) -> bool {
    let Ok(origin) = origin.to_str() else { return false };
    let environment = provider.environment();
    match client.and_then(|client_id| environment.applications.get(client_id)) {
        Some(application) => application.calls_from(origin),
        None => environment.applications.values().any(|application| application.calls_from(origin)),
    }
}

const EXPOSED: &str = "Date, Retry-After, WWW-Authenticate";
/// Seconds.
const MAX_AGE: &str = "600";
