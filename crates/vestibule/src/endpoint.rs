use url::{Host, Url};

/// Whether we talk to this URL at all: https, or http to a loopback host (checklist E01, RFC 8252 section 8.3).
pub(crate) fn is_allowed(url: &Url) -> bool {
    match url.scheme() {
        "https" => url.host().is_some(),
        "http" => is_loopback(url),
        _ => false,
    }
}

/// Whether the text is a URL without user information, and not something that a lenient parser would repair into one:
/// spaces, control characters, backslashes, a missing or an extra slash. URLs are compared and registered as text.
pub(crate) fn is_plainly_written(url: &str) -> bool {
    let (_, rest) = url.split_once("://").unwrap_or_default();
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    !authority.is_empty()
        && !authority.contains('@')
        && url.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\')
}

/// Whether the host names this machine: a literal of 127.0.0.0/8, `[::1]`, or `localhost`.
pub(crate) fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        Some(Host::Domain(name)) => name == "localhost",
        None => false,
    }
}
