use bytes::Bytes;
use http::{HeaderName, HeaderValue, Method};
use url::form_urlencoded::Serializer;

use crate::provider::ISSUER;

/// A request to an application.
#[derive(Clone, Debug)]
pub struct Request {
    pub(crate) method: Method,
    pub(crate) path: String,
    pub(crate) headers: Vec<(HeaderName, HeaderValue)>,
    pub(crate) body: Bytes,
    pub(crate) cross_site: bool,
}

impl Request {
    /// A request without headers.
    ///
    /// # Panics
    /// When the method is none.
    pub fn new(method: &str, path: &str) -> Self {
        Self {
            method: method.parse().expect("a method"),
            path: path.to_owned(),
            headers: Vec::new(),
            body: Bytes::new(),
            cross_site: false,
        }
    }

    /// What a browser sends when a person opens a page.
    pub fn page(path: &str) -> Self {
        Self::new("GET", path)
            .header("accept", "text/html,application/xhtml+xml,*/*;q=0.8")
            .header("sec-fetch-mode", "navigate")
            .header("sec-fetch-dest", "document")
    }

    /// What a browser sends when a script of the page calls an API.
    pub fn api(path: &str) -> Self {
        Self::new("GET", path)
            .header("accept", "application/json")
            .header("sec-fetch-mode", "cors")
            .header("sec-fetch-site", "same-origin")
    }

    /// What a browser sends when a person submits a form of the page.
    pub fn form<'a>(path: &str, pairs: impl IntoIterator<Item = (&'a str, &'a str)>) -> Self {
        Self { method: Method::POST, ..Self::page(path) }
            .header("content-type", "application/x-www-form-urlencoded")
            .header("sec-fetch-site", "same-origin")
            .body(Serializer::new(String::new()).extend_pairs(pairs).finish())
    }

    /// What a browser sends when the provider's page posts its answer: `callback` has it as a query.
    ///
    /// # Panics
    /// When there is none.
    pub fn posted_answer(callback: &str) -> Self {
        let (path, answer) = callback.split_once('?').expect("an answer");
        Self { method: Method::POST, ..Self::page(path) }
            .header("content-type", "application/x-www-form-urlencoded")
            .body(answer.to_owned())
            .cross_site()
            .header("origin", ISSUER)
    }

    /// What a provider posts to the back-channel logout endpoint.
    pub fn logout_token(token: &str) -> Self {
        Self::new("POST", "/auth/backchannel-logout")
            .header("content-type", "application/x-www-form-urlencoded")
            .body(Serializer::new(String::new()).append_pair("logout_token", token).finish())
    }

    /// Sets a header; an earlier one of that name is replaced.
    ///
    /// # Panics
    /// When it cannot be sent.
    #[must_use]
    pub fn header(self, name: &'static str, value: impl AsRef<[u8]>) -> Self {
        let mut without = self.without(name);
        without.headers.push(header(name, value.as_ref()));
        without
    }

    /// Adds a header beside those of the same name.
    ///
    /// # Panics
    /// When it cannot be sent.
    #[must_use]
    pub fn also(mut self, name: &'static str, value: impl AsRef<[u8]>) -> Self {
        self.headers.push(header(name, value.as_ref()));
        self
    }

    /// Leaves a header out.
    #[must_use]
    pub fn without(mut self, name: &str) -> Self {
        self.headers.retain(|(known, _)| known != name);
        self
    }

    /// The same by another method.
    ///
    /// # Panics
    /// When the method is none.
    #[must_use]
    pub fn method(mut self, method: &str) -> Self {
        self.method = method.parse().expect("a method");
        self
    }

    /// The same to another path.
    #[must_use]
    pub fn to(mut self, path: &str) -> Self {
        path.clone_into(&mut self.path);
        self
    }

    /// The same with a body.
    #[must_use]
    pub fn body(mut self, body: impl Into<Bytes>) -> Self {
        self.body = body.into();
        self
    }

    /// The same, made by a page of another site: `SameSite=Lax` cookies go with page loads only.
    #[must_use]
    pub fn cross_site(self) -> Self {
        let mut request = self.header("sec-fetch-site", "cross-site");
        request.cross_site = true;
        if request.method == Method::GET { request } else { request.header("origin", "https://evil.example") }
    }
}

fn header(name: &'static str, value: &[u8]) -> (HeaderName, HeaderValue) {
    (HeaderName::from_static(name), HeaderValue::from_bytes(value).expect("a header value"))
}
