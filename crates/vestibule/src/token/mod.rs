//! Tokens as a relying party meets them: one verifier, one set of rules for each kind.

mod access_token;
mod audience;
mod claims;
mod clock_skew;
mod error;
mod id_token;
mod idp_initiated;
mod kind;
mod logout_token;
mod policy;
mod shape;
mod user_info;
mod verified;
mod verifier;

pub use access_token::{AccessGrant, AccessTokenError, AccessTokenPolicy};
pub(crate) use access_token::{AccessTokenRules, Known};
pub(crate) use clock_skew::ClockSkew;
pub use error::TokenError;
pub(crate) use id_token::IdTokenRules;
pub use id_token::{IdToken, IdTokenError, Identity};
pub(crate) use idp_initiated::IdpInitiatedLoginRules;
pub use idp_initiated::{IdpInitiatedLogin, IdpInitiatedLoginError};
pub(crate) use logout_token::LogoutTokenRules;
pub use logout_token::{LogoutToken, LogoutTokenError};
pub use policy::{AzpCheck, LogoutTokenPolicy, TokenPolicy};
pub use shape::ClaimsShapeError;
pub(crate) use user_info::UserInfoRules;
pub use user_info::{UserInfo, UserInfoError};
pub use verified::Verified;
pub(crate) use verifier::Verifier;

#[cfg(test)]
mod tests;
