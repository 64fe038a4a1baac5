//! One value per endpoint call: `request` writes it, `accept` reads the answer. Neither does any I/O.

mod authentication;
mod client_credentials;
mod code;
mod device_authorization;
mod device_token;
mod form;
mod introspection;
mod refresh;
mod retry_after;
mod revocation;
mod token_response;
mod user_info;

use bytes::Bytes;
use http::{HeaderValue, Method, Request, header};
use url::Url;
use zeroize::Zeroizing;

pub(crate) use authentication::Authentication;
pub(crate) use client_credentials::RequestServiceToken;
pub use client_credentials::ServiceTokenError;
pub(crate) use code::ExchangeCode;
pub use code::TokenEndpointError;
pub(crate) use device_authorization::{AuthorizeDevice, DeviceAuthorization};
pub(crate) use device_token::{DeviceAnswer, ExchangeDeviceCode};
pub(crate) use introspection::IntrospectToken;
pub use introspection::IntrospectionError;
pub(crate) use refresh::ExchangeRefreshToken;
pub use refresh::{RefreshError, RefreshFailure};
pub use retry_after::RetryAfter;
pub(crate) use revocation::RevokeToken;
pub use revocation::{RevocableToken, RevocationError};
pub use token_response::TokenResponse;
pub(crate) use user_info::FetchUserInfo;

use crate::{
    AccessToken, ProviderTime,
    transport::{Limits, TransportError},
};

pub(crate) trait Exchange {
    type Answer;
    type Error: From<TransportError>;

    fn request(&self) -> Request<Bytes>;

    fn limits(&self) -> Limits {
        Limits::STANDARD
    }

    fn accept(self, response: http::Response<Bytes>, now: ProviderTime) -> Result<Self::Answer, Self::Error>;
}

/// A plain GET for JSON.
pub(crate) fn get(url: &Url) -> Request<Bytes> {
    let mut request = Request::new(Bytes::new());
    *request.method_mut() = Method::GET;
    set_target(&mut request, url);
    request.headers_mut().insert(header::ACCEPT, HeaderValue::from_static("application/json"));
    request
}

/// The header that carries an access token (RFC 6750 section 2.1); none for a token that no header can carry.
pub(crate) fn bearer(token: &AccessToken) -> Option<HeaderValue> {
    let text = Zeroizing::new(format!("Bearer {}", token.expose()));
    let mut value = HeaderValue::from_str(&text).ok()?;
    value.set_sensitive(true);
    Some(value)
}

/// An endpoint is a `Url` that has a host; every such URL is a valid `Uri`.
pub(crate) fn set_target(request: &mut Request<Bytes>, url: &Url) {
    if let Ok(uri) = url.as_str().parse() {
        *request.uri_mut() = uri;
    }
}
