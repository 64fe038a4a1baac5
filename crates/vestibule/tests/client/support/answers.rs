//! Answers that break a rule.

use bytes::Bytes;
use http::{Response, StatusCode, header};
use vestibule::transport::{TransportError, TransportErrorKind};

/// A response with this status, media type and body.
pub(crate) fn raw(status: u16, media_type: &str, body: impl Into<Bytes>) -> Response<Bytes> {
    let mut response = Response::new(body.into());
    *response.status_mut() = StatusCode::from_u16(status).unwrap();
    response.headers_mut().insert(header::CONTENT_TYPE, media_type.parse().unwrap());
    response
}

/// A page, where something for programs belongs.
pub(crate) fn html(status: u16) -> Response<Bytes> {
    raw(status, "text/html", "<!doctype html><title>Maintenance</title>")
}

/// A redirect of this kind.
pub(crate) fn redirect(status: u16) -> Response<Bytes> {
    let mut response = html(status);
    response.headers_mut().insert(header::LOCATION, "https://elsewhere.example/".parse().unwrap());
    response
}

/// A refusal that names a time.
pub(crate) fn retry_later(status: u16, retry_after: &str) -> Response<Bytes> {
    let mut response = html(status);
    response.headers_mut().insert(header::RETRY_AFTER, retry_after.parse().unwrap());
    response
}

/// The connection broke, after or before the request had left.
pub(crate) fn unreachable(sent: bool) -> TransportError {
    TransportError::new(TransportErrorKind::Unreachable, sent)
}

/// An answer to be refused, with a name for the test's message.
pub(crate) type Spoilt = (&'static str, &'static str);

/// Bodies of a 200 at the token endpoint that are no token answer (RFC 6749 section 5.1, checklist C23).
pub(crate) const UNUSABLE_TOKEN_ANSWERS: [Spoilt; 17] = [
    ("HTML", "<!doctype html><title>Maintenance</title>"),
    ("nothing", ""),
    ("a list", r#"[{"access_token":"at-2","token_type":"Bearer"}]"#),
    ("null", "null"),
    ("truncated", r#"{"access_token":"at-2","token_type":"Bea"#),
    ("two documents", r#"{"access_token":"at-2","token_type":"Bearer"}{}"#),
    ("a repeated name", r#"{"access_token":"at-2","access_token":"at-3","token_type":"Bearer"}"#),
    ("an error in a 200", r#"{"error":"invalid_grant","access_token":"at-2","token_type":"Bearer"}"#),
    ("no token type", r#"{"access_token":"at-2"}"#),
    ("the token type mac", r#"{"access_token":"at-2","token_type":"mac"}"#),
    ("a token type that is a list", r#"{"access_token":"at-2","token_type":["Bearer"]}"#),
    ("no access token", r#"{"token_type":"Bearer"}"#),
    ("an empty access token", r#"{"access_token":"","token_type":"Bearer"}"#),
    ("an access token with a line break", r#"{"access_token":"at\r\nx: y","token_type":"Bearer"}"#),
    ("a negative lifetime", r#"{"access_token":"at-2","token_type":"Bearer","expires_in":-1}"#),
    ("a lifetime with a fraction", r#"{"access_token":"at-2","token_type":"Bearer","expires_in":1.5}"#),
    (
        "a refresh token that is a number",
        r#"{"access_token":"at-2","token_type":"Bearer","refresh_token":2}"#,
    ),
];

/// Ways in which no answer comes although the request may have arrived.
pub(crate) const NO_ANSWER: [TransportErrorKind; 3] =
    [TransportErrorKind::Unreachable, TransportErrorKind::TimedOut, TransportErrorKind::Tls];
