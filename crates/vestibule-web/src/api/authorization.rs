use vestibule::AccessToken;

use crate::http::RequestHead;

/// What a request brings to be let in with (RFC 6750 section 2, checklist G06).
pub(super) enum Authorization {
    /// Nothing, or something of another scheme.
    None,
    /// An access token, if it is one.
    Bearer(AccessToken),
    /// Something that no client should send. Says what.
    Malformed(&'static str),
}

/// The longest header that is read, in bytes.
const MAX_HEADER: usize = 8 * 1024;

impl Authorization {
    pub(super) fn read(head: &RequestHead<'_>) -> Self {
        if names_a_token(head.query) {
            return Self::Malformed("an access token stands in the URL, where logs and caches keep it");
        }
        let mut values = Vec::new();
        head.headers.each("authorization", &mut |value| values.push(value));
        match values.as_slice() {
            [] => Self::None,
            [value] if value.len() > MAX_HEADER => Self::Malformed("the Authorization header is too long"),
            [value] => Self::of(value),
            _ => Self::Malformed("there is more than one Authorization header"),
        }
    }

    fn of(value: &[u8]) -> Self {
        let Ok(value) = std::str::from_utf8(value) else {
            return Self::Malformed("the Authorization header is not ASCII");
        };
        let Some((scheme, token)) = value.split_once(' ') else {
            return Self::Malformed("the Authorization header has no scheme or no token");
        };
        if !scheme.eq_ignore_ascii_case("Bearer") {
            return Self::None;
        }
        let token = token.trim_start_matches(' ');
        if is_b64token(token) {
            Self::Bearer(AccessToken::new(token))
        } else {
            Self::Malformed("the access token has characters that no token has")
        }
    }
}

/// RFC 6750 section 2.3 allows this place, and advises against it.
fn names_a_token(query: Option<&str>) -> bool {
    query
        .is_some_and(|query| form_urlencoded::parse(query.as_bytes()).any(|(name, _)| name == "access_token"))
}

/// RFC 6750 section 2.1.
fn is_b64token(token: &str) -> bool {
    let body = token.trim_end_matches('=');
    !body.is_empty() && body.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._~+/".contains(&byte))
}
