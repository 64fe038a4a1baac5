//! What a browser asks for.

use http::{Request, header, request::Parts};

/// A request that a browser makes again and again.
#[derive(Clone, Copy, Debug)]
pub struct Target {
    /// In words.
    pub name: &'static str,
    /// Its path.
    pub path: &'static str,
    headers: &'static [(&'static str, &'static str)],
}

/// A page that greets its user; a link to it was followed.
pub const PAGE: Target = Target {
    name: "a page, user signed in",
    path: "/me",
    headers: &[
        ("host", "app.example"),
        ("user-agent", "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0"),
        ("accept", "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"),
        ("accept-language", "en-GB,en;q=0.5"),
        ("accept-encoding", "gzip, deflate, br, zstd"),
        ("connection", "keep-alive"),
        ("upgrade-insecure-requests", "1"),
        ("sec-fetch-dest", "document"),
        ("sec-fetch-mode", "navigate"),
        ("sec-fetch-site", "same-origin"),
        ("sec-fetch-user", "?1"),
        ("priority", "u=0, i"),
    ],
};

/// What the page links to, and what does not ask who is there.
pub const STATIC_FILE: Target = Target {
    name: "a static file",
    path: "/style.css",
    headers: &[
        ("host", "app.example"),
        ("user-agent", "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0"),
        ("accept", "text/css,*/*;q=0.1"),
        ("accept-language", "en-GB,en;q=0.5"),
        ("accept-encoding", "gzip, deflate, br, zstd"),
        ("connection", "keep-alive"),
        ("referer", "https://app.example/me"),
        ("sec-fetch-dest", "style"),
        ("sec-fetch-mode", "no-cors"),
        ("sec-fetch-site", "same-origin"),
        ("priority", "u=2"),
    ],
};

impl Target {
    /// The headers, save for the cookie.
    pub fn headers(self) -> &'static [(&'static str, &'static str)] {
        self.headers
    }

    /// The request without its body, as a server has read it.
    ///
    /// # Panics
    /// When the cookie is none.
    pub fn head(self, cookie: &str) -> Parts {
        let with_headers = self
            .headers
            .iter()
            .fold(Request::get(self.path), |request, (name, value)| request.header(*name, *value));
        with_headers.header(header::COOKIE, cookie).body(()).expect("a request").into_parts().0
    }

    /// The request as it is sent.
    pub fn to_bytes(self, cookie: &str) -> Vec<u8> {
        let headers: String =
            self.headers.iter().map(|(name, value)| format!("{name}: {value}\r\n")).collect();
        format!("GET {} HTTP/1.1\r\n{headers}cookie: {cookie}\r\n\r\n", self.path).into_bytes()
    }
}
