use std::fmt;

use percent_encoding::percent_decode_str;
use url::Url;

/// Where a user wanted to go on our own origin: path and query, nothing else (RFC 9700 section 4.11, checklist C18).
#[derive(Clone, PartialEq, Eq)]
pub struct ReturnTo(String);

const LONGEST: usize = 2048;

impl ReturnTo {
    /// The start page.
    pub fn home() -> Self {
        Self("/".to_owned())
    }

    /// Reads a path with an optional query that stays on `origin` however a browser reads it; `None` for all else.
    ///
    /// The text must start with exactly one slash, also after one more round of percent-decoding, have no backslash or
    /// control character, and resolve to the same origin by the WHATWG rules. What was parsed is what is kept.
    pub fn parse(text: &str, origin: &Url) -> Option<Self> {
        if text.len() > LONGEST || !is_harmless(text) {
            return None;
        }
        let url = origin.join(text).ok()?;
        if url.origin() != origin.origin() || !url.username().is_empty() || url.password().is_some() {
            return None;
        }
        let kept = match url.query() {
            Some(query) => format!("{}?{query}", url.path()),
            None => url.path().to_owned(),
        };
        // Dot segments may have uncovered a second slash, plain or encoded.
        is_harmless(&kept).then_some(Self(kept))
    }

    /// The same of a whole URL on `origin`, and of a path: what others write who name a page of ours.
    pub fn parse_url(text: &str, origin: &Url) -> Option<Self> {
        if text.starts_with('/') {
            return Self::parse(text, origin);
        }
        let ours = origin.origin().ascii_serialization();
        let rest = text.strip_prefix(&ours)?;
        Self::parse(if rest.is_empty() { "/" } else { rest }, origin)
    }

    /// Path and query, fit for a `Location`.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The same place without its query.
    pub(crate) fn without_query(&self) -> Self {
        Self(self.0.split('?').next().unwrap_or("/").to_owned())
    }
}

/// Single-rooted as it stands, and after one more round of percent-decoding.
fn is_harmless(text: &str) -> bool {
    let path = text.split(['?', '#']).next().unwrap_or_default();
    is_single_rooted(text)
        && percent_decode_str(path).decode_utf8().is_ok_and(|decoded| is_single_rooted(&decoded))
}

fn is_single_rooted(text: &str) -> bool {
    let rest = text.strip_prefix('/');
    rest.is_some_and(|rest| !rest.starts_with('/'))
        && !text.contains(|c: char| {
            c == '\\' || c.is_control() || matches!(c, '\u{feff}' | '\u{ff0f}' | '\u{2028}' | '\u{2029}')
        })
}

impl fmt::Debug for ReturnTo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ReturnTo(..)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Option<String> {
        let origin = Url::parse("https://app.acme.example").unwrap();
        ReturnTo::parse(text, &origin).map(|kept| kept.0)
    }

    #[test]
    fn keeps_paths_and_queries_of_our_own() {
        for own in ["/", "/me", "/a/b?c=d&e=%2F%2Fx", "/search?q=https://e", "/a%20b", "/x?y=\u{e9}"] {
            assert!(parse(own).is_some(), "{own}");
        }
        assert_eq!(parse("/a/../b?c#d").as_deref(), Some("/b?c"));
    }

    #[test]
    fn c18_refuses_whatever_a_browser_may_read_as_elsewhere() {
        let hostile = [
            "//e",
            "///e",
            "/\\e",
            "\\/e",
            "/%5ce",
            "/%2fe",
            "/%2f%2fe",
            "https:e",
            "http:www.e",
            "https://e",
            "//u@e",
            "https://good@e",
            "https://e\\.good",
            "https://e\\@good",
            "/\t/e",
            "/\n/e",
            "/%0d%0aSet-Cookie:x",
            "javascript:alert(1)",
            "data:text/html,x",
            "//[::1]",
            "/.//e",
            "/..//e",
            "/../%2fe",
            "/%2e%2e/%2fe",
            "/x/../%5ce",
            "/\u{ff0f}e",
            " /e",
            "/\0",
            "\u{feff}/",
            "",
            "e",
            "?a",
            "#a",
        ];
        for text in hostile {
            assert_eq!(parse(text), None, "{text:?}");
        }
        assert_eq!(parse(&format!("/{}", "a".repeat(64 * 1024))), None);
    }

    #[test]
    fn c20_takes_whole_urls_of_our_own_origin_alone() {
        let origin = Url::parse("https://app.acme.example").unwrap();
        let parse = |text: &str| ReturnTo::parse_url(text, &origin).map(|kept| kept.0);
        for (own, kept) in [
            ("https://app.acme.example", "/"),
            ("https://app.acme.example/me?tab=2#x", "/me?tab=2"),
            ("/me?tab=2", "/me?tab=2"),
        ] {
            assert_eq!(parse(own).as_deref(), Some(kept), "{own}");
        }
        for hostile in [
            "https://evil.example/me",
            "https://app.acme.example.evil.example/me",
            "https://app.acme.example@evil.example/",
            "https://app.acme.example:444/me",
            "http://app.acme.example/me",
            "HTTPS://APP.ACME.EXAMPLE/me",
            "https://app.acme.example//evil.example",
            "https://app.acme.example\\@evil.example",
            "https://app.acme.example/%2fevil.example",
            "//app.acme.example/me",
            "javascript:alert(1)",
            "me",
            "",
        ] {
            assert_eq!(parse(hostile), None, "{hostile}");
        }
    }

    #[test]
    fn parsing_is_idempotent() {
        for text in ["/a/./b", "/x?y=z", "/a b"] {
            let once = parse(text).unwrap();
            assert_eq!(parse(&once), Some(once));
        }
    }
}
