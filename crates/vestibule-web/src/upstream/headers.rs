use http::{HeaderMap, HeaderName, HeaderValue};

use crate::http::RequestHead;

/// What an API needs to know of a front end's request. All else stays here: cookies, credentials, hosts, what concerns
/// one connection, and what proxies say about each other (checklist D25, D26).
const TO_THE_API: &[&str] = &[
    "accept",
    "accept-encoding",
    "accept-language",
    "content-encoding",
    "content-language",
    "content-type",
    "if-match",
    "if-modified-since",
    "if-none-match",
    "if-unmodified-since",
    "range",
    "idempotency-key",
    "prefer",
    "traceparent",
    "tracestate",
    "x-request-id",
];

/// What a front end needs to know of the API's answer. It sets no cookies on our origin and grants nobody access to it.
const TO_THE_FRONT_END: &[&str] = &[
    "accept-ranges",
    "allow",
    "content-disposition",
    "content-encoding",
    "content-language",
    "content-range",
    "content-type",
    "etag",
    "last-modified",
    "link",
    "retry-after",
    "preference-applied",
    "vary",
    "x-request-id",
];

pub(super) fn to_the_api(head: &RequestHead<'_>) -> HeaderMap {
    let mut passed = HeaderMap::new();
    for name in TO_THE_API {
        head.headers.each(name, &mut |value| {
            if let Ok(value) = HeaderValue::from_bytes(value) {
                passed.append(HeaderName::from_static(name), value);
            }
        });
    }
    passed
}

pub(super) fn to_the_front_end(answer: &HeaderMap, reply: &mut HeaderMap) {
    for name in TO_THE_FRONT_END {
        for value in answer.get_all(*name) {
            reply.append(HeaderName::from_static(name), value.clone());
        }
    }
}
