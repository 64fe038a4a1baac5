//! Whether a request that changes something comes from one of our own pages (checklist B31, D24).

use crate::{
    engine::Engine,
    http::{Parameters, RequestHead},
    session::Handle,
};

/// The header that scripts send the token in.
const HEADER: &str = "x-csrf-token";
/// The form field that pages send the token in.
const FIELD: &str = "csrf";

/// The header that says that a script made the request. A page of another origin cannot set it without asking first, and
/// gets no leave (RFC 10017, checklist D24).
const BY_SCRIPT: &str = "x-requested-with";

/// Whether a request was made by a script of one of our own pages.
pub(crate) fn is_call_of_our_page(engine: &Engine, head: &RequestHead<'_>) -> bool {
    head.header(BY_SCRIPT).is_some_and(|value| !value.is_empty()) && is_same_origin(engine, head)
}

/// What browsers say about where the request comes from. Those that say nothing are judged by the token alone.
///
/// `Sec-Fetch-Site` counts first: a page under `no-referrer` sends `Origin: null` to its own site too.
pub(crate) fn is_same_origin(engine: &Engine, head: &RequestHead<'_>) -> bool {
    let ours = engine.origin.origin().ascii_serialization();
    let origin = head.has_header("origin").then(|| head.header("origin").unwrap_or_default());
    if head.has_header("sec-fetch-site") {
        let same_site = head.header("sec-fetch-site") == Some("same-origin");
        return same_site && origin.is_none_or(|origin| origin == "null" || origin == ours);
    }
    origin.is_none_or(|origin| origin == ours)
}

/// Whether header or form carry the token of this very session.
pub(crate) fn accepts(engine: &Engine, head: &RequestHead<'_>, form: &[u8], handle: &Handle) -> bool {
    if let Some(token) = head.header(HEADER) {
        return engine.csrf_sealer.accepts_tag(handle.expose().as_bytes(), token);
    }
    let form = std::str::from_utf8(form).ok().and_then(Parameters::parse).unwrap_or_default();
    form.only(FIELD).is_some_and(|token| engine.csrf_sealer.accepts_tag(handle.expose().as_bytes(), token))
}

/// The token that forms of this session carry.
pub(crate) fn token(engine: &Engine, handle: &Handle) -> String {
    engine.csrf_sealer.tag(handle.expose().as_bytes())
}
