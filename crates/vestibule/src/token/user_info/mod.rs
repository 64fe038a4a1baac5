//! UserInfo answers: claims about the user who logged in, plain or signed.

mod error;
mod rules;

use std::fmt;

pub use error::UserInfoError;
pub(crate) use rules::UserInfoRules;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::{claims::Claims, shape::ClaimsShapeError};

/// Claims about the user whom an ID token names (OpenID Connect Core section 5.3.2).
#[derive(Clone, PartialEq)]
pub struct UserInfo {
    subject: String,
    is_signed: bool,
    claims: Claims,
}

impl UserInfo {
    /// `sub`: the same as in the ID token.
    pub fn subject(&self) -> &str {
        &self.subject
    }

    /// Whether the provider signed the claims. Otherwise they are as good as the TLS connection that brought them.
    pub fn is_signed(&self) -> bool {
        self.is_signed
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

impl fmt::Debug for UserInfo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("UserInfo").field("is_signed", &self.is_signed).finish_non_exhaustive()
    }
}
