//! Logout tokens: the provider's word that a session is over.

mod error;
mod rules;

use std::fmt;

pub use error::LogoutTokenError;
pub(crate) use rules::LogoutTokenRules;
use serde_json::Value;

use super::claims::Claims;
use crate::ProviderTime;

/// A logout token (OpenID Connect Back-Channel Logout section 2.4).
///
/// Get one as [`Verified<LogoutToken>`](crate::Verified); there is no other way. Whether it was seen before is not
/// known: remember [`jwt_id`](Self::jwt_id) together with what was ended.
#[derive(Clone, PartialEq)]
pub struct LogoutToken {
    issuer: String,
    subject: Option<String>,
    sid: Option<String>,
    jwt_id: String,
    issued_at: ProviderTime,
    expires_at: ProviderTime,
    claims: Claims,
}

impl LogoutToken {
    /// `iss`: the provider. `sub`, `sid` and `jti` mean something only together with it and the client.
    pub fn issuer(&self) -> &str {
        &self.issuer
    }

    /// `sub`: whose sessions end. At least one of `sub` and `sid` is there.
    pub fn subject(&self) -> Option<&str> {
        self.subject.as_deref()
    }

    /// `sid`: which session at the provider ended. At least one of `sub` and `sid` is there.
    pub fn sid(&self) -> Option<&str> {
        self.sid.as_deref()
    }

    /// `jti`: 1 to 255 bytes that no other token of this issuer has.
    pub fn jwt_id(&self) -> &str {
        &self.jwt_id
    }

    /// `iat`: when the token was made, by the provider's clock. For the record only: what a logout ends is decided by
    /// when it was heard.
    pub fn issued_at(&self) -> ProviderTime {
        self.issued_at
    }

    /// Until when the token could be accepted: `exp`, at most ten minutes after `iat`.
    pub fn expires_at(&self) -> ProviderTime {
        self.expires_at
    }

    /// Any claim, as JSON.
    pub fn claim(&self, name: &str) -> Option<&Value> {
        self.claims.get(name)
    }
}

impl fmt::Debug for LogoutToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LogoutToken")
            .field("issuer", &self.issuer)
            .field("issued_at", &self.issued_at)
            .field("names_subject", &self.subject.is_some())
            .field("names_session", &self.sid.is_some())
            .finish_non_exhaustive()
    }
}
