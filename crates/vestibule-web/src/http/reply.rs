use bytes::Bytes;
use http::{HeaderName, HeaderValue, Response, StatusCode, header};

/// An answer of the engine.
pub type Reply = Response<Bytes>;

/// An empty answer that nobody may cache, frame or take a referrer from (checklist C17).
pub(crate) fn empty(status: StatusCode) -> Reply {
    let mut reply = Response::new(Bytes::new());
    *reply.status_mut() = status;
    let headers = reply.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(header::VARY, HeaderValue::from_static("cookie"));
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    reply
}

/// A 303: the browser goes on with GET, and never repeats a body (RFC 9700 section 4.12, checklist C16).
pub(crate) fn see_other(location: &str) -> Reply {
    let mut reply = empty(StatusCode::SEE_OTHER);
    if let Ok(location) = HeaderValue::from_str(location) {
        reply.headers_mut().insert(header::LOCATION, location);
    }
    reply
}

/// A method that this endpoint does not have.
pub(crate) fn method_not_allowed(allow: &'static str) -> Reply {
    let mut reply = empty(StatusCode::METHOD_NOT_ALLOWED);
    reply.headers_mut().insert(header::ALLOW, HeaderValue::from_static(allow));
    reply
}

/// A page of ours: no script, no foreign content, no frame.
pub(crate) fn html(status: StatusCode, page: String) -> Reply {
    let mut reply = empty(status);
    *reply.body_mut() = Bytes::from(page);
    let headers = reply.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
    headers.insert(
        header::CONTENT_SECURITY_POLICY,
        HeaderValue::from_static("default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"),
    );
    reply
}

/// A JSON answer of the given media type.
pub(crate) fn json(status: StatusCode, media_type: &'static str, body: &serde_json::Value) -> Reply {
    let mut reply = empty(status);
    *reply.body_mut() = Bytes::from(body.to_string());
    reply.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(media_type));
    reply
}

/// Adds a header whose value is built from what we made ourselves.
pub(crate) fn append(reply: &mut Reply, name: HeaderName, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value) {
        reply.headers_mut().append(name, value);
    }
}
