//! actix-web 4 has a header map of its own, and is on `http` 0.2.

use std::ops::{Deref, DerefMut};

use actix_web::{
    HttpRequest,
    http::header::{HeaderMap, HeaderName, HeaderValue},
    web::{Bytes, Payload},
};
use vestibule_web::http::{BodyFault, Headers, HeadersMut, RequestHead};

/// actix's headers as the engine reads and writes them, borrowed.
pub(crate) struct Borrowed<H>(pub(crate) H);

impl<H: Deref<Target = HeaderMap>> Headers for Borrowed<H> {
    fn all<'a>(&'a self, found: &mut dyn FnMut(&'a str, &'a [u8])) {
        for (name, value) in self.0.iter() {
            found(name.as_str(), value.as_bytes());
        }
    }

    fn each<'a>(&'a self, name: &str, found: &mut dyn FnMut(&'a [u8])) {
        for value in self.0.get_all(name) {
            found(value.as_bytes());
        }
    }
}

impl<H: DerefMut<Target = HeaderMap>> HeadersMut for Borrowed<H> {
    fn insert(&mut self, name: &http::HeaderName, value: &http::HeaderValue) {
        if let Some((name, value)) = header(name, value) {
            self.0.insert(name, value);
        }
    }

    fn append(&mut self, name: &http::HeaderName, value: &http::HeaderValue) {
        if let Some((name, value)) = header(name, value) {
            self.0.append(name, value);
        }
    }
}

fn header(name: &http::HeaderName, value: &http::HeaderValue) -> Option<(HeaderName, HeaderValue)> {
    Some((HeaderName::try_from(name.as_str()).ok()?, HeaderValue::from_bytes(value.as_bytes()).ok()?))
}

pub(crate) fn head<'a>(request: &'a HttpRequest, headers: &'a Borrowed<&'a HeaderMap>) -> RequestHead<'a> {
    let uri = request.uri();
    RequestHead::from_parts(request.method().as_str(), uri.path(), uri.query(), headers)
}

pub(crate) async fn read(body: Payload, cap: usize) -> Result<Bytes, BodyFault> {
    match body.to_bytes_limited(cap).await {
        Ok(Ok(body)) => Ok(body),
        Ok(Err(_)) => Err(BodyFault::Broken),
        Err(_) => Err(BodyFault::TooLarge),
    }
}
