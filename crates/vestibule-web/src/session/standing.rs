use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use vestibule::{Authority, AuthorityClaims, IdToken, Login, Refreshed};

use super::PublicGrant;
use crate::engine::Engine;

/// What the user of a session may do, and how the session came to it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Standing {
    #[serde(rename = "a")]
    pub(crate) authority: Authority,
    /// How many step-ups in a row led to this session: a provider that never delivers is not asked for ever.
    #[serde(rename = "n", default, skip_serializing_if = "is_none")]
    pub(crate) step_ups: u8,
}

impl Standing {
    /// What a login brought.
    pub(crate) fn of_login(engine: &Engine, login: &Login) -> Self {
        let mut authority = read(&engine.authority, &login.id_token);
        authority.scopes = match &login.tokens.scope {
            Some(scope) => words(scope),
            // What was asked for was granted, then (RFC 6749 section 5.1).
            None => engine.request.asked_scopes().map(str::to_owned).collect(),
        };
        Self { authority, step_ups: 0 }
    }

    /// What is stored. Sessions of the first format tell what the ID token said, and no scopes.
    pub(crate) fn of(engine: &Engine, public: &PublicGrant) -> Self {
        let of_claims = || engine.authority.read(&public.claims().unwrap_or_default());
        public.standing().unwrap_or_else(|| Self { authority: of_claims(), step_ups: 0 })
    }

    /// The same after a refresh. How and when the user logged in stays, unless the provider says otherwise.
    pub(crate) fn renewed(mut self, engine: &Engine, refreshed: &Refreshed) -> Self {
        let before = &mut self.authority;
        if let Some(id_token) = &refreshed.id_token {
            let mut newer = read(&engine.authority, id_token);
            newer.scopes = std::mem::take(&mut before.scopes);
            newer.acr = newer.acr.or(before.acr.take());
            newer.auth_time = newer.auth_time.or(before.auth_time);
            *before = newer;
        }
        if let Some(scope) = &refreshed.tokens.scope {
            before.scopes = words(scope);
        }
        self
    }

    pub(super) fn to_bytes(&self) -> Vec<u8> {
        // It cannot fail: these are plain strings and numbers.
        serde_json::to_vec(self).unwrap_or_default()
    }
}

fn read(claims: &AuthorityClaims, id_token: &IdToken) -> Authority {
    let map = id_token.claims::<Map<String, Value>>().unwrap_or_default();
    let mut authority = claims.read(&map);
    // As the login itself was judged.
    authority.acr = id_token.acr().map(str::to_owned);
    authority.auth_time = id_token.auth_time();
    authority
}

fn words(scope: &str) -> BTreeSet<String> {
    scope.split(' ').filter(|word| !word.is_empty()).map(str::to_owned).collect()
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde calls it so")]
fn is_none(count: &u8) -> bool {
    *count == 0
}
