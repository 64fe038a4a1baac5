//! What the holder of a token may do: roles, permissions, scopes, an organization.

mod claims;

use std::collections::BTreeSet;

pub use claims::AuthorityClaims;
use serde::{Deserialize, Serialize};

use crate::ProviderTime;

/// What a token says that its holder may do, and how they proved who they are.
///
/// Providers put these in different places; [`AuthorityClaims`] says where. What is not there, or is there in another
/// form, grants nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct Authority {
    /// Roles, by the provider's names.
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    pub roles: BTreeSet<String>,
    /// Permissions, by the provider's names.
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    pub permissions: BTreeSet<String>,
    /// Scopes that were granted: whole words, case-sensitive (RFC 6749 section 3.3).
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    pub scopes: BTreeSet<String>,
    /// The organizations that the holder acts for; most providers name one.
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    pub organizations: BTreeSet<String>,
    /// Whether `email_verified` is there and is the JSON value `true` (OpenID Connect Core section 5.7).
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub email_verified: bool,
    /// `acr`: the class of the authentication (OpenID Connect Core section 2).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub acr: Option<String>,
    /// `auth_time`: when the user last proved who they are.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub auth_time: Option<ProviderTime>,
}
