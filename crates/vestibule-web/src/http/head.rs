use std::fmt;

use ::http::{HeaderName, HeaderValue};

/// The headers of a request, in whatever type the framework keeps them.
pub trait Headers {
    /// Calls `found` with the lower-case name and the value of every header, those of one name in order.
    fn all<'a>(&'a self, found: &mut dyn FnMut(&'a str, &'a [u8]));

    /// Calls `found` with every value of the header, in order. `name` is lower-case.
    fn each<'a>(&'a self, name: &str, found: &mut dyn FnMut(&'a [u8]));
}

impl Headers for ::http::HeaderMap {
    fn all<'a>(&'a self, found: &mut dyn FnMut(&'a str, &'a [u8])) {
        for (name, value) in self {
            found(name.as_str(), value.as_bytes());
        }
    }

    fn each<'a>(&'a self, name: &str, found: &mut dyn FnMut(&'a [u8])) {
        for value in self.get_all(name) {
            found(value.as_bytes());
        }
    }
}

/// The headers of an answer, in whatever type the framework keeps them.
pub trait HeadersMut: Headers {
    /// Puts a value in the place of those that the header has.
    fn insert(&mut self, name: &HeaderName, value: &HeaderValue);

    /// Adds a value to those that the header has.
    fn append(&mut self, name: &HeaderName, value: &HeaderValue);
}

impl HeadersMut for ::http::HeaderMap {
    fn insert(&mut self, name: &HeaderName, value: &HeaderValue) {
        Self::insert(self, name, value.clone());
    }

    fn append(&mut self, name: &HeaderName, value: &HeaderValue) {
        Self::append(self, name, value.clone());
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
        let mut only = Only::default();
        self.headers.each(name, &mut |value| only.add(value));
        only.value()
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

/// The value of a header that came once.
#[derive(Default)]
pub(super) struct Only<'a> {
    last: &'a [u8],
    count: usize,
}

impl<'a> Only<'a> {
    pub(super) fn add(&mut self, value: &'a [u8]) {
        self.last = value;
        self.count += 1;
    }

    pub(super) fn value(&self) -> Option<&'a str> {
        if self.count == 1 { std::str::from_utf8(self.last).ok() } else { None }
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
