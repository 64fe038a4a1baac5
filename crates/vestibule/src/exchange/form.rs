use bytes::Bytes;
use form_urlencoded::Serializer;
use http::{HeaderValue, Method, Request, header};
use url::Url;
use zeroize::Zeroizing;

use super::set_target;

/// A form body under construction (RFC 6749 appendix B). It holds secrets and is zeroed when it is dropped.
pub(crate) struct Form(Serializer<'static, String>);

impl Form {
    pub(crate) fn new() -> Self {
        // Room enough that it hardly ever moves and leaves a copy behind.
        Self(Serializer::new(String::with_capacity(2048)))
    }

    pub(crate) fn add(&mut self, name: &str, value: &str) {
        self.0.append_pair(name, value);
    }

    pub(crate) fn post(mut self, url: &Url) -> Request<Bytes> {
        let mut request = Request::new(Bytes::from_owner(Zeroizing::new(self.0.finish())));
        *request.method_mut() = Method::POST;
        set_target(&mut request, url);
        let headers = request.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/x-www-form-urlencoded"));
        headers.insert(header::ACCEPT, HeaderValue::from_static("application/json"));
        request
    }
}
