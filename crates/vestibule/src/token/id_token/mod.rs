//! ID tokens: who logged in, at which provider, for which client, how and when.

mod continuity;
mod error;
mod hash;
mod identity;
mod rules;

use std::fmt;

pub use error::IdTokenError;
pub use identity::Identity;
pub(crate) use rules::IdTokenRules;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::{claims::Claims, shape::ClaimsShapeError};
use crate::{ProviderTime, RawIdToken};

/// An ID token (OpenID Connect Core section 2).
///
/// Get one as [`Verified<IdToken>`](crate::Verified); there is no other way.
#[derive(Clone, PartialEq)]
pub struct IdToken {
    raw: RawIdToken,
    identity: Identity,
    expires_at: ProviderTime,
    sid: Option<String>,
    acr: Option<String>,
    amr: Vec<String>,
    claims: Claims,
}

impl IdToken {
    /// The token as it was received, for `id_token_hint`.
    pub fn raw(&self) -> &RawIdToken {
        &self.raw
    }

    /// What a refreshed ID token is compared with. Keep it with the session.
    pub fn identity(&self) -> &Identity {
        &self.identity
    }

    /// `iss`: the provider. Together with [`subject`](Self::subject) it names the user; nothing else does, the e-mail
    /// address least of all (Core section 5.7, checklist A29).
    pub fn issuer(&self) -> &str {
        self.identity.issuer()
    }

    /// `sub`: the user's name at this issuer, 1 to 255 printable ASCII characters. Never reassigned.
    pub fn subject(&self) -> &str {
        self.identity.subject()
    }

    /// `aud`: this client, and trusted others.
    pub fn audience(&self) -> &[String] {
        self.identity.audience()
    }

    /// `iat`: when the token was made, by the provider's clock.
    pub fn issued_at(&self) -> ProviderTime {
        self.identity.issued_at()
    }

    /// `exp`: until when the token could be accepted, by the provider's clock. No measure for how long a session lasts.
    pub fn expires_at(&self) -> ProviderTime {
        self.expires_at
    }

    /// `auth_time`: when the user was last asked to authenticate. Present when `max_age` was sent.
    pub fn auth_time(&self) -> Option<ProviderTime> {
        self.identity.auth_time()
    }

    /// `sid`: the user's session at the provider (Back-Channel Logout section 2.1).
    pub fn sid(&self) -> Option<&str> {
        self.sid.as_deref()
    }

    /// `acr`: how strongly the user was authenticated.
    pub fn acr(&self) -> Option<&str> {
        self.acr.as_deref()
    }

    /// `amr`: by which methods; empty when the provider does not say.
    pub fn amr(&self) -> &[String] {
        &self.amr
    }

    /// The e-mail address, if the provider says in so many words that it checked it: `email_verified` must be JSON
    /// `true` (Core section 5.1, checklist A29). It may belong to somebody else tomorrow: show it, never look users up
    /// by it.
    pub fn verified_email(&self) -> Option<&str> {
        let is_verified = self.claim("email_verified") == Some(&Value::Bool(true));
        self.claim("email").and_then(Value::as_str).filter(|_| is_verified)
    }

    /// Any claim, as JSON.
    pub fn claim(&self, name: &str) -> Option<&Value> {
        self.claims.get(name)
    }

    /// The claims in a type of the application's own.
    ///
    /// # Errors
    /// When they do not fit the type.
    pub fn claims<T: DeserializeOwned>(&self) -> Result<T, ClaimsShapeError> {
        self.claims.shape()
    }
}

impl fmt::Debug for IdToken {
    /// Shows whose token it is not: claims are personal.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("IdToken")
            .field("issuer", &self.issuer())
            .field("expires_at", &self.expires_at)
            .finish_non_exhaustive()
    }
}
