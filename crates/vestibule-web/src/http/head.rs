use std::fmt;

use ::http::{HeaderName, HeaderValue};

/// The headers of a request, in whatever type the framework keeps them.
pub trait Headers {
    /// Calls `found` with every value of the header, in order. `name` is lower-case.
    fn each<'a>(&'a self, name: &str, found: &mut dyn FnMut(&'a [u8]));
}

impl Headers for ::http::HeaderMap {
    fn each<'a>(&'a self, name: &str, found: &mut dyn FnMut(&'a [u8])) {
        for value in self.get_all(name) {
            found(value.as_bytes());
        }
    }
}

/// The headers of an answer, in whatever type the framework keeps them.
pub trait HeadersMut: Headers {
    /// Takes every value of the header away. `name` is lower-case.
    fn remove(&mut self, name: &str);

    /// Adds a value to those that the header has. `name` is lower-case; both are fit to be sent.
    fn append(&mut self, name: &str, value: &[u8]);
}

impl HeadersMut for ::http::HeaderMap {
    fn remove(&mut self, name: &str) {
        Self::remove(self, name);
    }

    fn append(&mut self, name: &str, value: &[u8]) {
        if let (Ok(name), Ok(value)) = (HeaderName::try_from(name), HeaderValue::from_bytes(value)) {
            Self::append(self, name, value);
        }
    }
}

/// A request without its body, borrowed from the framework.
#[derive(Clone, Copy)]
#[non_exhaustive]
pub struct RequestHead<'a> {
    /// The method, upper-case.
    pub method: &'a str,
    /// The path, percent-encoded as it was sent.
    pub path: &'a str,
    /// The query without its `?`.
    pub query: Option<&'a str>,
    /// The headers.
    pub headers: &'a (dyn Headers + Sync),
}

impl<'a> RequestHead<'a> {
    /// The head of a request of the `http` crate.
    pub fn new(method: &'a ::http::Method, uri: &'a ::http::Uri, headers: &'a ::http::HeaderMap) -> Self {
        Self { method: method.as_str(), path: uri.path(), query: uri.query(), headers }
    }

    /// The head of a request of any framework. `path` is percent-encoded as it was sent; `query` is without its `?`.
    pub fn from_parts(
        method: &'a str,
        path: &'a str,
        query: Option<&'a str>,
        headers: &'a (dyn Headers + Sync),
    ) -> Self {
        Self { method, path, query, headers }
    }

    /// The header's only value; `None` when it is absent, repeated, or no visible ASCII.
    pub fn header(&self, name: &str) -> Option<&'a str> {
        let mut only = None;
        let mut count = 0;
        self.headers.each(name, &mut |value| {
            count += 1;
            only = std::str::from_utf8(value).ok();
        });
        if count == 1 { only } else { None }
    }

    /// Whether the header is there at all.
    pub(crate) fn has_header(&self, name: &str) -> bool {
        let mut found = false;
        self.headers.each(name, &mut |_| found = true);
        found
    }

    /// Path and query, as a `return_to` of this request.
    pub(crate) fn path_and_query(&self) -> String {
        match self.query {
            Some(query) => format!("{}?{query}", self.path),
            None => self.path.to_owned(),
        }
    }
}

impl fmt::Debug for RequestHead<'_> {
    /// Leaves out query and headers: they carry codes and cookies.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RequestHead")
            .field("method", &self.method)
            .field("path", &self.path)
            .finish_non_exhaustive()
    }
}
