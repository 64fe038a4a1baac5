//! What was issued: codes, access tokens, refresh tokens, each under the grant it came from.

use std::collections::{BTreeSet, HashMap};

use crate::random;

/// The number of a grant.
pub(crate) type GrantId = u64;

/// What one login gave one application.
#[derive(Clone, Debug)]
pub(crate) struct Grant {
    pub(crate) client_id: String,
    pub(crate) session: String,
    pub(crate) login: String,
    pub(crate) subject: String,
    pub(crate) scope: BTreeSet<String>,
    pub(crate) nonce: Option<String>,
    /// When and how the user authenticated; a service never does.
    pub(crate) auth_time: Option<i64>,
    pub(crate) acr: Option<String>,
    pub(crate) sid: Option<String>,
}

impl Grant {
    pub(crate) fn has_scope(&self, scope: &str) -> bool {
        self.scope.contains(scope)
    }

    pub(crate) fn scope_text(&self) -> String {
        self.scope.iter().map(String::as_str).collect::<Vec<_>>().join(" ")
    }
}

/// What a code is bound to.
#[derive(Clone, Debug)]
pub(crate) struct NewCode {
    pub(crate) redirect_uri: String,
    pub(crate) code_challenge: Option<String>,
    pub(crate) expires: i64,
}

/// Why a code is not exchanged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum CodeRefusal {
    Expired,
    OtherClient,
    SessionEnded,
    Unknown,
    Used,
}

/// Why a refresh token is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum RefreshRefusal {
    GrantRevoked,
    OtherClient,
    Reused,
    Unknown,
}

/// An access token that was issued.
#[derive(Clone, Debug)]
pub(crate) struct AccessToken {
    pub(crate) grant: GrantId,
    pub(crate) expires: i64,
}

/// All grants and what hangs on them.
#[derive(Debug, Default)]
pub(crate) struct Grants {
    next: GrantId,
    grants: HashMap<GrantId, Grant>,
    codes: HashMap<String, Code>,
    refresh_tokens: HashMap<String, RefreshToken>,
    access_tokens: HashMap<String, AccessToken>,
}

impl Grants {
    pub(crate) fn issue_code(&mut self, grant: Grant, code: NewCode, now: i64) -> String {
        if self.codes.len() + self.access_tokens.len() > MANY {
            self.forget_expired(now);
        }
        let grant = self.add(grant);
        let value = random::name("code_");
        self.codes.insert(value.clone(), Code { grant, bound: code, used: false });
        value
    }

    pub(crate) fn add(&mut self, grant: Grant) -> GrantId {
        self.next = self.next.wrapping_add(1);
        self.grants.insert(self.next, grant);
        self.next
    }

    /// Looks at a code. A code that was used already revokes what it was exchanged for (RFC 6749 section 4.1.2).
    pub(crate) fn code(
        &mut self,
        code: &str,
        client_id: &str,
        now: i64,
    ) -> Result<(GrantId, NewCode), CodeRefusal> {
        let known = self.codes.get(code).ok_or(CodeRefusal::Unknown)?;
        let (id, bound, used) = (known.grant, known.bound.clone(), known.used);
        if used {
            self.revoke(id);
            return Err(CodeRefusal::Used);
        }
        let grant = self.grants.get(&id).ok_or(CodeRefusal::SessionEnded)?;
        if grant.client_id != client_id {
            return Err(CodeRefusal::OtherClient);
        }
        if now >= bound.expires {
            return Err(CodeRefusal::Expired);
        }
        Ok((id, bound))
    }

    pub(crate) fn spend_code(&mut self, code: &str) {
        if let Some(known) = self.codes.get_mut(code) {
            known.used = true;
        }
    }

    pub(crate) fn grant(&self, id: GrantId) -> Option<&Grant> {
        self.grants.get(&id)
    }

    pub(crate) fn grant_mut(&mut self, id: GrantId) -> Option<&mut Grant> {
        self.grants.get_mut(&id)
    }

    pub(crate) fn issue_refresh_token(&mut self, grant: GrantId, ending: &str) -> String {
        let value = format!("{}{ending}", random::name("rt_"));
        self.refresh_tokens.insert(value.clone(), RefreshToken { grant, spent: None });
        value
    }

    /// Looks at a refresh token. One that was spent longer than `grace` seconds ago revokes its whole family (RFC 9700
    /// section 4.14.2).
    pub(crate) fn refresh_token(
        &mut self,
        token: &str,
        client_id: &str,
        now: i64,
        grace: i64,
    ) -> Result<GrantId, RefreshRefusal> {
        let known = self.refresh_tokens.get(token).ok_or(RefreshRefusal::Unknown)?;
        let (id, spent) = (known.grant, known.spent);
        let grant = self.grants.get(&id).ok_or(RefreshRefusal::GrantRevoked)?;
        if grant.client_id != client_id {
            return Err(RefreshRefusal::OtherClient);
        }
        if spent.is_some_and(|spent| grace == 0 || now > spent.saturating_add(grace)) {
            self.revoke(id);
            return Err(RefreshRefusal::Reused);
        }
        Ok(id)
    }

    pub(crate) fn spend_refresh_token(&mut self, token: &str, now: i64) {
        if let Some(known) = self.refresh_tokens.get_mut(token) {
            known.spent.get_or_insert(now);
        }
    }

    pub(crate) fn note_access_token(&mut self, jti: String, token: AccessToken) {
        self.access_tokens.insert(jti, token);
    }

    /// The grant of an access token that is neither expired nor revoked.
    pub(crate) fn live_access_token(&self, jti: &str, now: i64) -> Option<&Grant> {
        let token = self.access_tokens.get(jti).filter(|token| now < token.expires)?;
        self.grants.get(&token.grant)
    }

    pub(crate) fn owner_of_refresh_token(&self, token: &str) -> Option<(GrantId, &Grant)> {
        let id = self.refresh_tokens.get(token)?.grant;
        self.grants.get(&id).map(|grant| (id, grant))
    }

    pub(crate) fn owner_of_access_token(&self, jti: &str) -> Option<&Grant> {
        self.grants.get(&self.access_tokens.get(jti)?.grant)
    }

    pub(crate) fn revoke_access_token(&mut self, jti: &str) {
        self.access_tokens.remove(jti);
    }

    /// Ends a grant and all that hangs on it.
    pub(crate) fn revoke(&mut self, id: GrantId) {
        self.grants.remove(&id);
    }

    /// Ends the grants of a session, but for those that survive.
    pub(crate) fn revoke_session(&mut self, session: &str, unused_codes_survive: bool, others_survive: bool) {
        let unused: BTreeSet<GrantId> =
            self.codes.values().filter(|code| !code.used).map(|code| code.grant).collect();
        self.grants.retain(|id, grant| {
            let survives = if unused.contains(id) { unused_codes_survive } else { others_survive };
            grant.session != session || survives
        });
    }

    fn forget_expired(&mut self, now: i64) {
        let grants = &self.grants;
        self.access_tokens.retain(|_, token| now < token.expires && grants.contains_key(&token.grant));
        self.codes
            .retain(|_, code| grants.contains_key(&code.grant) && (now < code.bound.expires || code.used));
        self.refresh_tokens.retain(|_, token| grants.contains_key(&token.grant));
    }
}

#[derive(Debug)]
struct Code {
    grant: GrantId,
    bound: NewCode,
    used: bool,
}

#[derive(Debug)]
struct RefreshToken {
    grant: GrantId,
    spent: Option<i64>,
}

/// From how many codes and tokens on the expired ones are forgotten.
const MANY: usize = 10_000;
