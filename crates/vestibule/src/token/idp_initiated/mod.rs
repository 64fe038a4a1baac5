//! Logins that begin at the user's own identity provider: what Scalekit says about one when it sends the browser here.

mod error;
mod rules;

use std::fmt;

pub use error::IdpInitiatedLoginError;
pub(crate) use rules::IdpInitiatedLoginRules;
use serde_json::Value;

use super::claims::Claims;
use crate::ProviderTime;

/// Scalekit's word that a user came from a tile at an identity provider, or from an invitation: the parameter
/// `idp_initiated_login`.
///
/// It logs nobody in. It says which login to *start*, with a `state` of our own: give organization, connection and hint to
/// an [`AuthorizationRequest`](crate::AuthorizationRequest).
///
/// Get one as [`Verified<IdpInitiatedLogin>`](crate::Verified); there is no other way. Whether it was seen before is not
/// known: remember [`replay_key`](Self::replay_key) until [`refused_from`](Self::refused_from).
#[derive(Clone, PartialEq)]
pub struct IdpInitiatedLogin {
    connection_id: String,
    organization_id: String,
    login_hint: Option<String>,
    relay_state: Option<String>,
    refused_from: ProviderTime,
    replay_key: String,
    claims: Claims,
}

impl IdpInitiatedLogin {
    /// `connection_id`: the connection to log in through. 1 to 255 visible ASCII characters.
    pub fn connection_id(&self) -> &str {
        &self.connection_id
    }

    /// `organization_id`: the organization to log in to. 1 to 255 visible ASCII characters.
    pub fn organization_id(&self) -> &str {
        &self.organization_id
    }

    /// `login_hint`: who is probably logging in, such as an e-mail address.
    pub fn login_hint(&self) -> Option<&str> {
        self.login_hint.as_deref()
    }

    /// `relay_state`: where the user wants to go, as the identity provider passed it on. Anybody at that provider may have
    /// written it: treat it like a `return_to` from the street, and never use it as `state`.
    pub fn untrusted_relay_state(&self) -> Option<&str> {
        self.relay_state.as_deref()
    }

    /// From when on this token is refused, by our clock: at its `exp`, at most five minutes after its `iat`, and the
    /// clock skew later.
    pub fn refused_from(&self) -> ProviderTime {
        self.refused_from
    }

    /// What two tokens have in common only if they are the same one: a digest of everything that is signed. These tokens
    /// have no `jti`.
    pub fn replay_key(&self) -> &str {
        &self.replay_key
    }

    /// Any claim, as JSON.
    pub fn claim(&self, name: &str) -> Option<&Value> {
        self.claims.get(name)
    }
}

impl fmt::Debug for IdpInitiatedLogin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("IdpInitiatedLogin")
            .field("connection_id", &self.connection_id)
            .field("organization_id", &self.organization_id)
            .finish_non_exhaustive()
    }
}
