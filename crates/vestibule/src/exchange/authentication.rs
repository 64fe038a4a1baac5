use base64::{Engine, prelude::BASE64_STANDARD};
use form_urlencoded::byte_serialize;
use http::{HeaderValue, Request, header};
use zeroize::Zeroizing;

use super::form::Form;
#[cfg(not(target_arch = "wasm32"))]
use crate::Algorithm;
use crate::{ClientSecret, ConfigError, ProviderMetadata};

/// How this client proves itself at the token endpoint, for one request.
#[derive(Clone)]
pub(crate) enum Authentication<'a> {
    /// `client_secret_basic` (RFC 6749 section 2.3.1).
    Basic(&'a ClientSecret),
    /// `client_secret_post` (RFC 6749 section 2.3.1).
    Post(&'a ClientSecret),
    /// `private_key_jwt` (RFC 7523 section 2.2). Never sent twice: providers remember its `jti`.
    #[cfg(not(target_arch = "wasm32"))]
    Assertion(Zeroizing<String>),
    /// None at all: the client names itself (RFC 6749 section 3.2.1).
    Public,
}

impl<'a> Authentication<'a> {
    /// The safest method that the provider offers for a secret.
    pub(crate) fn with_secret(
        secret: &'a ClientSecret,
        metadata: &ProviderMetadata,
    ) -> Result<Self, ConfigError> {
        if offers(metadata, "client_secret_basic") {
            Ok(Self::Basic(secret))
        } else if offers(metadata, "client_secret_post") {
            Ok(Self::Post(secret))
        } else {
            Err(ConfigError::ClientAuthentication)
        }
    }

    /// Whether the provider takes assertions that are signed like this.
    #[cfg(not(target_arch = "wasm32"))]
    pub(crate) fn check_assertion(
        algorithm: Algorithm,
        metadata: &ProviderMetadata,
    ) -> Result<(), ConfigError> {
        let algorithms = metadata.token_endpoint_auth_signing_algorithms.as_ref();
        let takes_algorithm =
            algorithms.is_none_or(|offered| offered.iter().any(|name| name == algorithm.as_str()));
        if offers(metadata, "private_key_jwt") && takes_algorithm {
            Ok(())
        } else {
            Err(ConfigError::ClientAuthentication)
        }
    }

    /// The secret that it sends.
    pub(crate) fn secret(&self) -> Option<&'a ClientSecret> {
        match self {
            Self::Basic(secret) | Self::Post(secret) => Some(secret),
            #[cfg(not(target_arch = "wasm32"))]
            Self::Assertion(_) => None,
            Self::Public => None,
        }
    }

    /// Writes a form request that carries the proof.
    pub(crate) fn sign(&self, url: &url::Url, client_id: &str, mut form: Form) -> Request<bytes::Bytes> {
        match self {
            Self::Basic(_) => {}
            Self::Post(secret) => {
                form.add("client_id", client_id);
                form.add("client_secret", secret.expose());
            }
            #[cfg(not(target_arch = "wasm32"))]
            Self::Assertion(assertion) => {
                form.add("client_id", client_id);
                form.add("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer");
                form.add("client_assertion", assertion);
            }
            Self::Public => form.add("client_id", client_id),
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

fn offers(metadata: &ProviderMetadata, method: &str) -> bool {
    metadata.token_endpoint_auth_methods.iter().any(|offered| offered == method)
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
