//! Endpoints that do not answer as they ought to, whatever they are about.

use std::fmt;

use axum::body::{Body, to_bytes};
use axum::response::{IntoResponse as _, Response};
use bytes::Bytes;
use futures_util::{StreamExt as _, stream};
use http::header::{CONTENT_LENGTH, CONTENT_TYPE, LOCATION, RETRY_AFTER};
use http::{HeaderValue, StatusCode};

use crate::event::EventKind;
use crate::provider::Provider;

/// An endpoint of the provider.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Endpoint {
    /// `/authorize`: where the browser arrives.
    Authorize,
    /// `/device`: where the browser arrives with the code of a device.
    Device,
    /// `/device_authorization`.
    DeviceAuthorization,
    /// `/.well-known/openid-configuration`.
    Discovery,
    /// `/elsewhere`: where [`HttpFault::Redirect`] leads. Nobody ought to come here.
    Elsewhere,
    /// `/end_session`.
    EndSession,
    /// `/introspect`.
    Introspect,
    /// `/jwks`.
    Jwks,
    /// `/login`: where the login page is sent to.
    Login,
    /// `/revoke`.
    Revoke,
    /// `/token`.
    Token,
    /// `/userinfo`.
    UserInfo,
}

impl Endpoint {
    pub(crate) fn of(path: &str) -> Option<Self> {
        match path {
            "/.well-known/openid-configuration" => Some(Self::Discovery),
            "/authorize" => Some(Self::Authorize),
            "/device" => Some(Self::Device),
            "/device_authorization" => Some(Self::DeviceAuthorization),
            "/elsewhere" => Some(Self::Elsewhere),
            "/end_session" | "/end_session/confirm" => Some(Self::EndSession),
            "/introspect" => Some(Self::Introspect),
            "/login" => Some(Self::Login),
            "/revoke" => Some(Self::Revoke),
            "/token" => Some(Self::Token),
            "/userinfo" => Some(Self::UserInfo),
            path if path == "/jwks" || path.starts_with("/jwks/") => Some(Self::Jwks),
            _ => None,
        }
    }
}

impl fmt::Display for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Authorize => "authorize",
            Self::Device => "device",
            Self::DeviceAuthorization => "device_authorization",
            Self::Discovery => "discovery",
            Self::Elsewhere => "elsewhere",
            Self::EndSession => "end_session",
            Self::Introspect => "introspect",
            Self::Jwks => "jwks",
            Self::Login => "login",
            Self::Revoke => "revoke",
            Self::Token => "token",
            Self::UserInfo => "userinfo",
        })
    }
}

/// What an endpoint does instead of answering well.
///
/// "Not processed" means that nothing was changed: a code or refresh token that was sent is still good. "Processed"
/// means that it is spent.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum HttpFault {
    /// Processed, then the connection is closed without a word.
    AnswerLost,
    /// Not processed: this body, with 200 and this `Content-Type`.
    Body {
        /// The value of `Content-Type`.
        content_type: String,
        /// The body.
        body: String,
    },
    /// Processed; the right body under this `Content-Type`.
    ContentType(String),
    /// Processed; the whole length is promised, half of the body is sent, the connection is closed.
    Cut,
    /// Not processed: a body that does not end.
    Endless,
    /// Processed; the answer waits for [`DevIdp::release`](crate::DevIdp::release).
    Held,
    /// Processed; half of the body is sent, the rest waits for [`DevIdp::release`](crate::DevIdp::release).
    HeldHalfway,
    /// Not processed until [`DevIdp::release`](crate::DevIdp::release).
    HeldBefore,
    /// Not processed: 200 with an HTML page.
    Html,
    /// Processed; the right JSON behind 8 MiB of white space.
    Oversized,
    /// Not processed: a redirect with this status to `/elsewhere`.
    Redirect(u16),
    /// Not processed: the connection is closed without a word.
    Reset,
    /// Not processed: this status with an empty body.
    Status(u16),
    /// Not processed: 429 with this `Retry-After`.
    TooManyRequests {
        /// The value of `Retry-After`: seconds, a date, or rubbish.
        retry_after: String,
    },
    /// Processed; half of the JSON, as if it were the whole.
    Truncated,
    /// Not processed: 503 with this `Retry-After`.
    Unavailable {
        /// The value of `Retry-After`: seconds, a date, or rubbish.
        retry_after: String,
    },
}

/// Tells the server to close the connection instead of answering.
#[derive(Clone, Copy, Debug)]
pub(crate) struct CutConnection;

/// The answer that replaces the endpoint's own, for the faults that do not let it work.
pub(crate) fn instead(fault: &HttpFault) -> Option<Response> {
    match fault {
        HttpFault::Body { content_type, body } => Some(with_type(content_type, Body::from(body.clone()))),
        HttpFault::Endless => {
            let chunk = Bytes::from(vec![b' '; 64 << 10]);
            let chunks = stream::repeat_with(move || Ok::<_, std::io::Error>(chunk.clone()));
            Some(with_type("application/json", Body::from_stream(chunks)))
        }
        HttpFault::Html => Some(with_type(
            "text/html; charset=utf-8",
            Body::from("<!doctype html><title>Sorry</title><p>We will be back soon."),
        )),
        HttpFault::Redirect(status) => Some(with_header(*status, LOCATION, "/elsewhere")),
        HttpFault::Reset => Some(cut()),
        HttpFault::Status(status) => Some(code(*status).into_response()),
        HttpFault::TooManyRequests { retry_after } => Some(with_header(429, RETRY_AFTER, retry_after)),
        HttpFault::Unavailable { retry_after } => Some(with_header(503, RETRY_AFTER, retry_after)),
        HttpFault::AnswerLost
        | HttpFault::ContentType(_)
        | HttpFault::Cut
        | HttpFault::Held
        | HttpFault::HeldBefore
        | HttpFault::HeldHalfway
        | HttpFault::Oversized
        | HttpFault::Truncated => None,
    }
}

/// Spoils the endpoint's own answer, for the faults that let it work first.
pub(crate) async fn after(
    fault: &HttpFault,
    answer: Response,
    endpoint: Endpoint,
    provider: &Provider,
) -> Response {
    match fault {
        HttpFault::AnswerLost => cut(),
        HttpFault::ContentType(content_type) => {
            let (mut head, body) = answer.into_parts();
            head.headers.insert(CONTENT_TYPE, header_value(content_type));
            Response::from_parts(head, body)
        }
        HttpFault::Cut => {
            let (mut head, whole) = collected(answer).await;
            head.headers.insert(CONTENT_LENGTH, HeaderValue::from(whole.len()));
            let half = whole.slice(..whole.len() / 2);
            let gone = stream::once(async {
                // Lets the server send the half before it learns that there is no more.
                tokio::task::yield_now().await;
                Err(std::io::Error::other("cut on purpose"))
            });
            Response::from_parts(head, Body::from_stream(stream::iter([Ok(half)]).chain(gone)))
        }
        HttpFault::HeldHalfway => {
            let (mut head, whole) = collected(answer).await;
            head.headers.insert(CONTENT_LENGTH, HeaderValue::from(whole.len()));
            let (half, rest) = (whole.slice(..whole.len() / 2), whole.slice(whole.len() / 2..));
            let mut queue = provider.gate.queue();
            provider.emit(EventKind::Held { endpoint });
            let later = stream::once(async move {
                let _ = queue.changed().await;
                Ok::<_, std::io::Error>(rest)
            });
            Response::from_parts(head, Body::from_stream(stream::iter([Ok(half)]).chain(later)))
        }
        HttpFault::Oversized => {
            let (mut head, whole) = collected(answer).await;
            head.headers.remove(CONTENT_LENGTH);
            let mut padded = vec![b' '; 8 << 20];
            padded.extend_from_slice(&whole);
            Response::from_parts(head, Body::from(padded))
        }
        HttpFault::Truncated => {
            let (mut head, whole) = collected(answer).await;
            head.headers.remove(CONTENT_LENGTH);
            Response::from_parts(head, Body::from(whole.slice(..whole.len() / 2)))
        }
        _ => answer,
    }
}

fn cut() -> Response {
    let mut answer = StatusCode::INTERNAL_SERVER_ERROR.into_response();
    answer.extensions_mut().insert(CutConnection);
    answer
}

async fn collected(answer: Response) -> (http::response::Parts, Bytes) {
    let (head, body) = answer.into_parts();
    (head, to_bytes(body, usize::MAX).await.unwrap_or_default())
}

fn with_type(content_type: &str, body: Body) -> Response {
    let mut answer = Response::new(body);
    answer.headers_mut().insert(CONTENT_TYPE, header_value(content_type));
    answer
}

fn with_header(status: u16, name: http::HeaderName, value: &str) -> Response {
    let mut answer = code(status).into_response();
    answer.headers_mut().insert(name, header_value(value));
    answer
}

fn code(status: u16) -> StatusCode {
    StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
}

fn header_value(text: &str) -> HeaderValue {
    HeaderValue::from_str(text).unwrap_or(HeaderValue::from_static("invalid"))
}
