//! What the provider says. Messages are built on `openidconnect`; what that crate has no words for is a [`Jwt`] or JSON.
//!
//! [`Jwt`]: crate::jwt::Jwt

pub(crate) mod access_token;
mod claims;
pub(crate) mod device_answer;
pub(crate) mod discovery;
pub(crate) mod id_token;
pub(crate) mod jwks;
pub(crate) mod logout_token;
pub(crate) mod oauth_error;
pub(crate) mod token_answer;
pub(crate) mod userinfo;
