use base64::{Engine, prelude::BASE64_STANDARD};
use form_urlencoded::byte_serialize;
use http::{HeaderValue, Request, header};
use zeroize::Zeroizing;

use super::form::Form;
use crate::{ClientSecret, ConfigError, ProviderMetadata};

/// How this client proves itself at the token endpoint, for one request.
pub(crate) enum Authentication<'a> {
    /// `client_secret_basic` (RFC 6749 section 2.3.1).
    Basic(&'a ClientSecret),
    /// `client_secret_post` (RFC 6749 section 2.3.1).
    Post(&'a ClientSecret),
}

impl<'a> Authentication<'a> {
    /// The safest method that the provider offers for a secret.
    pub(crate) fn with_secret(
        secret: &'a ClientSecret,
        metadata: &ProviderMetadata,
    ) -> Result<Self, ConfigError> {
        let offers =
            |method: &str| metadata.token_endpoint_auth_methods.iter().any(|offered| offered == method);
        if offers("client_secret_basic") {
            Ok(Self::Basic(secret))
        } else if offers("client_secret_post") {
            Ok(Self::Post(secret))
        } else {
            Err(ConfigError::ClientAuthentication)
        }
    }

    /// Writes a form request that carries the proof.
    pub(crate) fn sign(&self, url: &url::Url, client_id: &str, mut form: Form) -> Request<bytes::Bytes> {
        if let Self::Post(secret) = self {
            form.add("client_id", client_id);
            form.add("client_secret", secret.expose());
        }
        let mut request = form.post(url);
        if let Self::Basic(secret) = self
            && let Some(value) = basic(client_id, secret)
        {
            request.headers_mut().insert(header::AUTHORIZATION, value);
        }
        request
    }
}

/// Both halves are form-encoded first, so that a `:` in either cannot move the border (checklist C33).
fn basic(client_id: &str, secret: &ClientSecret) -> Option<HeaderValue> {
    let encode = |text: &str| byte_serialize(text.as_bytes()).collect::<String>();
    let pair = Zeroizing::new(format!("{}:{}", encode(client_id), encode(secret.expose())));
    let header = Zeroizing::new(format!("Basic {}", BASE64_STANDARD.encode(pair.as_bytes())));
    let mut value = HeaderValue::from_str(&header).ok()?;
    value.set_sensitive(true);
    Some(value)
}
