//! Access tokens as an API receives them: who calls, through which client, and what they may do.

mod error;
mod introspected;
mod policy;
mod rules;

use std::fmt;

pub use error::AccessTokenError;
pub(crate) use introspected::Known;
pub use policy::AccessTokenPolicy;
pub(crate) use rules::AccessTokenRules;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::{claims::Claims, kind, shape::ClaimsShapeError};
use crate::{Authority, ProviderTime};

/// What an access token grants at this API.
///
/// Get one as [`Verified<AccessGrant>`](crate::Verified) from a [`ResourceServer`](crate::ResourceServer); there is no
/// other way.
#[derive(Clone, PartialEq)]
pub struct AccessGrant {
    issuer: String,
    subject: String,
    client_id: Option<String>,
    audience: Vec<String>,
    issued_at: Option<ProviderTime>,
    expires_at: Option<ProviderTime>,
    authority: Authority,
    claims: Claims,
}

impl AccessGrant {
    /// `iss`: the provider. Together with [`subject`](Self::subject) it names the caller.
    pub fn issuer(&self) -> &str {
        &self.issuer
    }

    /// `sub`: the user, or the client itself where [`is_service`](Self::is_service); Keycloak then names the user that it
    /// made up for the client.
    pub fn subject(&self) -> &str {
        &self.subject
    }

    /// `client_id`: the client that the token was issued to. `azp` where a provider without RFC 9068 says it so.
    pub fn client_id(&self) -> Option<&str> {
        self.client_id.as_deref()
    }

    /// Whether the client acts for itself and no user is there (RFC 9700 section 4.15, checklist G11).
    pub fn is_service(&self) -> bool {
        self.client_id() == Some(self.subject()) || kind::is_service_account(&self.claims)
    }

    /// `aud`: whom the token is for; this API among them. Empty only for an introspected token without audience.
    pub fn audience(&self) -> &[String] {
        &self.audience
    }

    /// `sid`: the user's session at the provider, where it says so.
    pub fn sid(&self) -> Option<&str> {
        self.claim("sid").and_then(Value::as_str)
    }

    /// `jti`: the token's identifier, where it has one.
    pub fn jwt_id(&self) -> Option<&str> {
        self.claim("jti").and_then(Value::as_str)
    }

    /// `iat`: when the token was made, by the provider's clock. A JWT always says it.
    pub fn issued_at(&self) -> Option<ProviderTime> {
        self.issued_at
    }

    /// `exp`: until when the token is accepted, by the provider's clock. A JWT always says it.
    pub fn expires_at(&self) -> Option<ProviderTime> {
        self.expires_at
    }

    /// What the caller may do.
    pub fn authority(&self) -> &Authority {
        &self.authority
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

impl fmt::Debug for AccessGrant {
    /// Shows whose it is not: claims are personal.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AccessGrant")
            .field("issuer", &self.issuer)
            .field("client_id", &self.client_id)
            .field("is_service", &self.is_service())
            .field("expires_at", &self.expires_at)
            .finish_non_exhaustive()
    }
}
