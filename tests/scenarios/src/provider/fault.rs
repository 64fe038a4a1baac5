//! Answers that no provider should give, and none at all.

use bytes::Bytes;
use http::{HeaderValue, Response, StatusCode, header};
use serde_json::{Value, json};
use vestibule::{
    testing::json_response,
    transport::{TransportError, TransportErrorKind},
};

/// An answer, or why there is none.
pub type Outcome = Result<Response<Bytes>, TransportError>;

pub(super) type Fault = Box<dyn Fn() -> Outcome + Send>;

/// No connection: nothing was sent.
///
/// # Errors
/// Always.
pub fn unreachable() -> Outcome {
    Err(TransportError::new(TransportErrorKind::Unreachable, false))
}

/// The connection broke after the request was sent.
///
/// # Errors
/// Always.
pub fn reset() -> Outcome {
    Err(TransportError::new(TransportErrorKind::Unreachable, true))
}

/// No answer in time.
///
/// # Errors
/// Always.
pub fn timeout() -> Outcome {
    Err(TransportError::new(TransportErrorKind::TimedOut, true))
}

/// 503 that asks to wait this many seconds.
///
/// # Errors
/// Never.
pub fn unavailable(retry_after: u32) -> Outcome {
    let mut response = json_response(503, &json!({}));
    response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(retry_after));
    Ok(response)
}

/// This status and JSON.
///
/// # Errors
/// Never.
pub fn json(status: u16, body: &Value) -> Outcome {
    Ok(json_response(status, body))
}

/// An OAuth error (RFC 6749 section 5.2).
///
/// # Errors
/// Never.
pub fn oauth_error(error: &str) -> Outcome {
    json(400, &json!({ "error": error, "error_description": "asked for by a test" }))
}

/// A page where JSON belongs.
///
/// # Errors
/// Never.
pub fn page() -> Outcome {
    let mut response = Response::new(Bytes::from_static(b"<!doctype html><p>Welcome"));
    *response.status_mut() = StatusCode::OK;
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("text/html"));
    Ok(response)
}
