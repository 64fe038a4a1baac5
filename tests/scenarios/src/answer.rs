use std::fmt;

use bytes::Bytes;
use http::{Response, header};
use serde_json::Value;

/// What came back from a request: everything that two mounts must agree on.
#[derive(Clone, PartialEq, Eq)]
pub struct Answer {
    /// The status.
    pub status: u16,
    /// The headers, sorted by name; several of one name in the order they were sent. `Content-Length` is left out
    /// once it has been found right: it belongs to the connection. `Allow` has a blank after each comma.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Bytes,
}

impl Answer {
    /// Reads a response.
    ///
    /// # Panics
    /// When `Content-Length` is not the length of a body that is there.
    pub fn read(response: Response<Bytes>) -> Self {
        let (parts, body) = response.into_parts();
        let mut headers: Vec<_> = parts
            .headers
            .iter()
            .map(|(name, value)| {
                let text = String::from_utf8_lossy(value.as_bytes());
                let text = if name == header::ALLOW {
                    text.replace(", ", ",").replace(',', ", ")
                } else {
                    text.into_owned()
                };
                (name.as_str().to_owned(), text)
            })
            .filter(|(name, value)| {
                let length = name == "content-length";
                assert!(!length || body.is_empty() || *value == body.len().to_string(), "{name}: {value}");
                !length
            })
            .collect();
        headers.sort_by(|(one, _), (other, _)| one.cmp(other));
        Self { status: parts.status.as_u16(), headers, body }
    }

    /// The header's value; `None` when it is absent.
    ///
    /// # Panics
    /// When it is repeated.
    pub fn header(&self, name: &str) -> Option<&str> {
        let values = self.headers_named(name);
        assert!(values.len() <= 1, "{name} is repeated: {values:?}");
        values.first().copied()
    }

    /// All values of the header.
    pub fn headers_named(&self, name: &str) -> Vec<&str> {
        self.headers.iter().filter(|(known, _)| known == name).map(|(_, value)| value.as_str()).collect()
    }

    /// Every `Set-Cookie`.
    pub fn set_cookies(&self) -> Vec<&str> {
        self.headers_named("set-cookie")
    }

    /// Where a redirect goes.
    ///
    /// # Panics
    /// When this is no redirect.
    pub fn location(&self) -> &str {
        self.header("location").unwrap_or_else(|| panic!("no redirect: {self:?}"))
    }

    /// The body as text.
    pub fn text(&self) -> &str {
        std::str::from_utf8(&self.body).unwrap_or("(no text)")
    }

    /// The body as JSON.
    ///
    /// # Panics
    /// When it is none.
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|_| panic!("no JSON: {self:?}"))
    }

    /// The error code, from a page of the engine or from problem+json; empty when there is none.
    pub fn code(&self) -> String {
        self.small_print().0
    }

    /// The id that ties an error to its log line; empty when there is none.
    pub fn correlation(&self) -> String {
        self.small_print().1
    }

    fn small_print(&self) -> (String, String) {
        if let Ok(value) = serde_json::from_slice::<Value>(&self.body) {
            let member = |name: &str| value[name].as_str().unwrap_or_default().to_owned();
            return (member("code"), member("correlation"));
        }
        let print = self.text().split_once("<small>").and_then(|(_, rest)| rest.split_once("</small>"));
        let (code, correlation) =
            print.and_then(|(print, _)| print.split_once(" &middot; ")).unwrap_or_default();
        (code.to_owned(), correlation.to_owned())
    }
}

impl fmt::Debug for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.status)?;
        for (name, value) in &self.headers {
            writeln!(f, "{name}: {value}")?;
        }
        write!(f, "{}", self.text())
    }
}
