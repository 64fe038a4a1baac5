use percent_encoding::percent_decode_str;
use url::Url;

/// Where an API is. Nothing joined to it leads elsewhere (checklist D25).
#[derive(Clone, Debug)]
pub(super) struct Place(Url);

impl Place {
    pub(super) fn new(mut base: Url) -> Option<Self> {
        if base.query().is_some() || base.fragment().is_some() {
            return None;
        }
        let path = base.path().trim_end_matches('/').to_owned();
        base.set_path(&path);
        Some(Self(base))
    }

    /// The URL of `path`, percent-encoded and absolute, below this place. `None` for a path that some server on the way
    /// could read as another one.
    pub(super) fn join(&self, path: &str, query: Option<&str>) -> Option<Url> {
        let rest = path.strip_prefix('/')?;
        let mut segments = rest.split('/').peekable();
        while let Some(segment) = segments.next() {
            // The last one may be empty: a trailing slash.
            let is_last = segments.peek().is_none();
            if !(is_plain(segment) || (is_last && segment.is_empty())) {
                return None;
            }
        }
        let base = self.0.path().trim_end_matches('/');
        let joined = format!("{base}/{rest}");
        let mut url = self.0.clone();
        url.set_path(&joined);
        if let Some(query) = query {
            if !query.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'#') {
                return None;
            }
            url.set_query(Some(query));
        }
        // What a URL parser changes, a server may change in another way.
        (url.path() == joined).then_some(url)
    }
}

/// A segment that means the same however often it is decoded.
fn is_plain(segment: &str) -> bool {
    let is_written_plainly =
        segment.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._~!$&'()*+,=:@%".contains(&byte));
    let escapes_are_whole = segment.split('%').skip(1).all(|escape| {
        escape.as_bytes().first_chunk::<2>().is_some_and(|digits| digits.iter().all(u8::is_ascii_hexdigit))
    });
    let mut text = segment.to_owned();
    if segment.is_empty() || !is_written_plainly || !escapes_are_whole {
        return false;
    }
    for _ in 0..3 {
        if text == "."
            || text == ".."
            || text.contains(['/', '\\', ';'])
            || text.chars().any(char::is_control)
        {
            return false;
        }
        match percent_decode_str(&text).decode_utf8() {
            Ok(decoded) if decoded == text => return true,
            Ok(decoded) => text = decoded.into_owned(),
            Err(_) => return false,
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    fn join(path: &str, query: Option<&str>) -> Option<String> {
        let place = Place::new(Url::parse("https://api.acme.example/v1/orders/").unwrap()).unwrap();
        place.join(path, query).map(Into::into)
    }

    #[test]
    fn d25_a_path_stays_below_the_place() {
        let at = |rest: &str| Some(format!("https://api.acme.example/v1/orders{rest}"));
        assert_eq!(join("/", None), at("/"));
        assert_eq!(join("/open", Some("limit=10&x=%2F..")), at("/open?limit=10&x=%2F.."));
        assert_eq!(join("/a/b/", None), at("/a/b/"));
        assert_eq!(join("/caf%C3%A9/100%25", None), at("/caf%C3%A9/100%25"));
        assert_eq!(join("/user@host:1,2=3", None), at("/user@host:1,2=3"));
        assert_eq!(join("/...", None), at("/..."));
    }

    #[test]
    fn d25_a_path_that_could_lead_elsewhere_is_none() {
        for path in [
            "",
            "open",
            "//evil.example",
            "/a//b",
            "/..",
            "/../admin",
            "/a/../../admin",
            "/./a",
            "/%2e%2e/admin",
            "/%2E%2e/admin",
            "/.%2e/admin",
            "/%252e%252e/admin",
            "/%25252e%25252e/admin",
            "/a%2fb",
            "/a%2F..%2Fb",
            "/a%252fb",
            "/a\\b",
            "/a%5cb",
            "/..;/admin",
            "/..%3b/admin",
            "/a%00",
            "/a%0d%0aHost:evil",
            "/a b",
            "/a#b",
            "/a?b",
            "/%",
            "/%ff",
            "/\u{ff0e}\u{ff0e}/a",
        ] {
            assert_eq!(join(path, None), None, "{path}");
        }
        for query in ["a b", "a#b", "a\r\nb", "\u{e9}"] {
            assert_eq!(join("/a", Some(query)), None, "{query}");
        }
    }
}
