//! Tokens to order, good or bad.

use std::fmt;
use std::sync::Arc;

use serde_json::{Value, json};

use crate::error::SigningError;
use crate::faults::JwtFault;
use crate::jwt::{Jwt, Signer};
use crate::provider::Provider;
use crate::signing_algorithm::SigningAlgorithm;

/// A token that a test orders from the provider. Whatever is not changed is as the provider itself would write it.
///
/// ```
/// use vestibule_dev_idp::{Application, DevIdp, JwtFault};
///
/// let idp = DevIdp::builder().application(Application::web("dashboard", "secret")).start()?;
/// let good = idp.logout_token("dashboard").sid("ses_1").sign()?;
/// let bad = idp.logout_token("dashboard").sid("ses_1").fault(JwtFault::NoEvents).sign()?;
/// assert_ne!(good, bad);
/// # Ok::<_, Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
#[must_use = "call `sign`"]
pub struct TokenDraft {
    provider: Arc<Provider>,
    jwt: Jwt,
}

impl TokenDraft {
    pub(crate) fn new(provider: &Arc<Provider>, jwt: Jwt) -> Self {
        Self { provider: Arc::clone(provider), jwt }
    }

    /// Another `iss`.
    pub fn issuer(self, issuer: &str) -> Self {
        self.claim("iss", issuer)
    }

    /// Another `aud`: one name, or a list of them.
    pub fn audience(self, audience: impl Into<Value>) -> Self {
        self.claim("aud", audience)
    }

    /// `sub`.
    pub fn subject(self, subject: &str) -> Self {
        self.claim("sub", subject)
    }

    /// `sid`.
    pub fn sid(self, sid: &str) -> Self {
        self.claim("sid", sid)
    }

    /// `jti`.
    pub fn jti(self, jti: &str) -> Self {
        self.claim("jti", jti)
    }

    /// `nonce`.
    pub fn nonce(self, nonce: &str) -> Self {
        self.claim("nonce", nonce)
    }

    /// `iat`, in seconds since the Unix epoch.
    pub fn iat(self, seconds: i64) -> Self {
        self.claim("iat", seconds)
    }

    /// `exp`, in seconds since the Unix epoch.
    pub fn exp(self, seconds: i64) -> Self {
        self.claim("exp", seconds)
    }

    /// Another value for `events`.
    pub fn events(self, events: impl Into<Value>) -> Self {
        self.claim("events", events)
    }

    /// Any claim.
    pub fn claim(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.jwt.set(name, value);
        self
    }

    /// Leaves a claim out.
    pub fn without(mut self, name: &str) -> Self {
        self.jwt.remove(name);
        self
    }

    /// Any header parameter; null leaves it out.
    pub fn header(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.jwt.header.insert(name.to_owned(), value.into());
        self
    }

    /// `typ` in the header.
    pub fn typ(self, typ: &str) -> Self {
        self.header("typ", typ)
    }

    /// Signs with the provider's key for this algorithm.
    pub fn algorithm(mut self, algorithm: SigningAlgorithm) -> Self {
        self.jwt.signer = Signer::Provider(algorithm);
        self.header("alg", json!(algorithm.as_str()))
    }

    /// Signs with a key that nobody published, under the `kid` of a real one.
    pub fn foreign_key(self) -> Self {
        self.fault(JwtFault::ForeignKey)
    }

    /// Spoils the token in one of the ways that the provider can misbehave in.
    pub fn fault(mut self, fault: JwtFault) -> Self {
        fault.apply(&mut self.jwt);
        self
    }

    /// The finished token.
    pub fn sign(&self) -> Result<String, SigningError> {
        self.jwt.compact(&self.provider.environment().keys)
    }
}

impl fmt::Debug for TokenDraft {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TokenDraft").field("jwt", &self.jwt).finish_non_exhaustive()
    }
}
