//! What tokens and UserInfo say about a user.

use openidconnect::core::CoreGenderClaim;
use openidconnect::{
    AdditionalClaims, EndUserEmail, EndUserName, EndUserUsername, LocalizedClaim, StandardClaims,
    SubjectIdentifier,
};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::store::Grant;
use crate::user::User;

/// Claims that OpenID Connect Core does not name: `sid`, and the user's own.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
pub(crate) struct MoreClaims {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) sid: Option<String>,
    #[serde(flatten)]
    pub(crate) own: Map<String, Value>,
}

impl AdditionalClaims for MoreClaims {}

/// The claims that the granted scope opens (OpenID Connect Core 5.4).
pub(crate) fn standard(user: &User, grant: &Grant) -> StandardClaims<CoreGenderClaim> {
    let mut claims = StandardClaims::new(SubjectIdentifier::new(grant.subject.clone()));
    if grant.has_scope("profile") {
        claims = claims
            .set_name(user.name.clone().map(|name| LocalizedClaim::from(EndUserName::new(name))))
            .set_preferred_username(Some(EndUserUsername::new(user.login.clone())));
    }
    if grant.has_scope("email") {
        claims = claims
            .set_email(user.email.clone().map(EndUserEmail::new))
            .set_email_verified(user.email.as_ref().map(|_| user.email_verified));
    }
    claims
}

/// The user's own claims, without those that only the provider may set.
pub(crate) fn own(user: &User) -> Map<String, Value> {
    user.claims
        .iter()
        .filter(|(name, _)| !OF_THE_PROVIDER.contains(&name.as_str()))
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect()
}

const OF_THE_PROVIDER: [&str; 21] = [
    "acr",
    "amr",
    "at_hash",
    "aud",
    "auth_time",
    "azp",
    "c_hash",
    "client_id",
    "email",
    "email_verified",
    "events",
    "exp",
    "iat",
    "iss",
    "jti",
    "name",
    "nbf",
    "nonce",
    "preferred_username",
    "sid",
    "sub",
];
