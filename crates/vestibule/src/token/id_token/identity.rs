use std::fmt;

use serde::{Deserialize, Serialize};

use crate::{Nonce, ProviderTime};

/// Who logged in, and in which login: what later tokens of the same session must agree with (OpenID Connect Core
/// section 12.2).
///
/// It can be stored. Storing proves nothing: whoever can write there can change it.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Identity {
    issuer: String,
    subject: String,
    audience: Vec<String>,
    issued_at: ProviderTime,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    auth_time: Option<ProviderTime>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    nonce: Option<String>,
}

impl Identity {
    pub(super) fn new(
        issuer: String,
        subject: String,
        audience: Vec<String>,
        issued_at: ProviderTime,
        auth_time: Option<ProviderTime>,
        nonce: Option<String>,
    ) -> Self {
        Self { issuer, subject, audience, issued_at, auth_time, nonce }
    }

    /// `iss`.
    pub fn issuer(&self) -> &str {
        &self.issuer
    }

    /// `sub`.
    pub fn subject(&self) -> &str {
        &self.subject
    }

    /// `aud`.
    pub fn audience(&self) -> &[String] {
        &self.audience
    }

    /// `iat`.
    pub fn issued_at(&self) -> ProviderTime {
        self.issued_at
    }

    /// `auth_time`.
    pub fn auth_time(&self) -> Option<ProviderTime> {
        self.auth_time
    }

    /// `nonce`.
    pub fn nonce(&self) -> Option<Nonce> {
        self.nonce.as_deref().map(Nonce::new)
    }
}

impl fmt::Debug for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Identity")
            .field("issuer", &self.issuer)
            .field("issued_at", &self.issued_at)
            .finish_non_exhaustive()
    }
}
