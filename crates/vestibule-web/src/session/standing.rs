use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use vestibule::{
    AccessToken, Authority, AuthorityClaims, Diagnose, Disposition, IdToken, Login, Refreshed, ResourceServer,
};

use super::{Before, PublicGrant, require::IN_A_ROW};
use crate::{
    engine::Engine,
    error::{Error, LoginError},
    store::StoreTime,
};

/// What the user of a session may do, and how the session came to it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Standing {
    #[serde(rename = "a")]
    pub(crate) authority: Authority,
    /// How many step-ups in a row led to this session: a provider that never delivers is not asked for ever.
    #[serde(rename = "n", default, skip_serializing_if = "is_none")]
    pub(crate) step_ups: u8,
    /// When the provider last renewed its tokens; `None` until it first does.
    #[serde(rename = "c", default, skip_serializing_if = "Option::is_none")]
    pub(crate) confirmed: Option<StoreTime>,
}

/// Where it is told what a user may do.
#[derive(Clone, Debug, Default)]
pub(crate) struct AuthoritySource {
    pub(crate) id_token: AuthorityClaims,
    pub(crate) access_tokens: Option<ResourceServer>,
}

impl Standing {
    /// What a login brought.
    pub(crate) async fn of_login(engine: &Engine, login: &Login) -> Result<Self, Error> {
        let mut authority = read(&engine.authority.id_token, &login.id_token);
        authority.scopes = match &login.tokens.scope {
            Some(scope) => words(scope),
            // What was asked for was granted, then (RFC 6749 section 5.1).
            None => engine.request.asked_scopes().map(str::to_owned).collect(),
        };
        let source = &engine.authority;
        if let Some(told) =
            source.of_access_token(&login.tokens.access_token, login.id_token.subject()).await?
        {
            take_over(&mut authority, told);
        }
        Ok(Self { authority, step_ups: 0, confirmed: None })
    }

    /// What is stored. Sessions of the first format tell what the ID token said, and no scopes.
    pub(crate) fn of(engine: &Engine, public: &PublicGrant) -> Self {
        let of_claims = || engine.authority.id_token.read(&public.claims().unwrap_or_default());
        public.standing().unwrap_or_else(|| Self { authority: of_claims(), step_ups: 0, confirmed: None })
    }

    /// The same after a refresh. How and when the user logged in stays, unless the provider says otherwise.
    pub(crate) async fn renewed(mut self, engine: &Engine, refreshed: &Refreshed, subject: &str) -> Self {
        let Refreshed { tokens, id_token, .. } = refreshed;
        if let Some(id_token) = id_token {
            let newer = read(&engine.authority.id_token, id_token);
            let mut before = std::mem::replace(&mut self.authority, newer);
            let now = &mut self.authority;
            now.acr = now.acr.take().or(before.acr.take());
            now.auth_time = now.auth_time.or(before.auth_time);
            now.scopes = std::mem::take(&mut before.scopes);
            if engine.authority.access_tokens.is_some() {
                take_over(now, before);
            }
        }
        if let Some(scope) = &tokens.scope {
            self.authority.scopes = words(scope);
        }
        match engine.authority.of_access_token(&tokens.access_token, subject).await {
            Ok(None) => {}
            Ok(Some(told)) => take_over(&mut self.authority, told),
            Err(error) if error.disposition() == Disposition::Retry => {
                tracing::warn!(
                    event = "session.authority_kept",
                    code = error.code(),
                    "what a user may do could not be read anew"
                );
            }
            Err(error) => {
                tracing::warn!(
                    event = "session.authority_lost",
                    code = error.code(),
                    "a refreshed access token was refused, and grants nothing"
                );
                take_over(&mut self.authority, Authority::default());
                self.authority.scopes.clear();
            }
        }
        self
    }

    /// What a step-up makes of it: one more in a row, if the session before was itself that young.
    pub(crate) fn stepped_up(mut self, login: &Login, before: Option<&Before>) -> Self {
        let in_a_row = before.map(|before| &before.public).filter(|before| {
            let then = before.identity().map(|identity| identity.issued_at());
            then.is_some_and(|then| login.id_token.issued_at().since(then) < IN_A_ROW)
        });
        let step_ups = in_a_row.and_then(PublicGrant::standing).map_or(0, |standing| standing.step_ups);
        self.step_ups = step_ups.saturating_add(1);
        self
    }

    pub(super) fn to_bytes(&self) -> Vec<u8> {
        // It cannot fail: these are plain strings and numbers.
        serde_json::to_vec(self).unwrap_or_default()
    }
}

impl AuthoritySource {
    /// `None` when the access token is not the one to tell.
    async fn of_access_token(&self, token: &AccessToken, subject: &str) -> Result<Option<Authority>, Error> {
        let Some(access_tokens) = &self.access_tokens else { return Ok(None) };
        let grant = access_tokens.verify(token.expose()).await?;
        if grant.subject() == subject {
            Ok(Some(grant.authority().clone()))
        } else {
            Err(LoginError::ForeignAccessToken.into())
        }
    }
}

/// Takes over what the user may do, and not how they proved who they are.
fn take_over(authority: &mut Authority, told: Authority) {
    authority.roles = told.roles;
    authority.permissions = told.permissions;
    authority.organizations = told.organizations;
    if !told.scopes.is_empty() {
        authority.scopes = told.scopes;
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
