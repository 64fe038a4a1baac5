use std::collections::BTreeMap;

use super::Sso;

/// What users have granted to clients.
#[derive(Debug, Default)]
pub(super) struct Grants {
    codes: BTreeMap<String, Code>,
    granted: Vec<Grant>,
    forgives_reuse: bool,
}

/// An authorization code that waits to be exchanged.
#[derive(Clone, Debug)]
pub(super) struct Code {
    pub(super) client_id: String,
    pub(super) redirect_uri: String,
    pub(super) challenge: String,
    pub(super) nonce: String,
    pub(super) offline: bool,
    pub(super) sso: Sso,
}

/// What a code was exchanged for.
#[derive(Debug)]
pub(super) struct Grant {
    pub(super) client_id: String,
    pub(super) nonce: String,
    pub(super) sso: Sso,
    pub(super) access_tokens: Vec<String>,
    pub(super) refresh_tokens: Vec<String>,
    pub(super) ended: bool,
}

impl Grants {
    pub(super) fn offer(&mut self, code: String, offer: Code) {
        self.codes.insert(code, offer);
    }

    /// A code is good once.
    pub(super) fn take(&mut self, code: &str) -> Option<Code> {
        self.codes.remove(code)
    }

    pub(super) fn keep(&mut self, grant: Grant) {
        self.granted.push(grant);
    }

    pub(super) fn forgive_reuse(&mut self) {
        self.forgives_reuse = true;
    }

    /// The grant that the refresh token belongs to. One that was spent before ends it (RFC 9700 section 4.14.2), unless
    /// reuse is forgiven.
    pub(super) fn spend(&mut self, client_id: &str, refresh_token: &str) -> Option<&mut Grant> {
        let grant = self.granted.iter_mut().find(|grant| {
            grant.client_id == client_id && grant.refresh_tokens.iter().any(|known| known == refresh_token)
        })?;
        let reused = grant.refresh_tokens.last().is_none_or(|last| last != refresh_token);
        grant.ended |= reused && !self.forgives_reuse;
        (!grant.ended).then_some(grant)
    }

    pub(super) fn of_access_token(&self, access_token: &str) -> Option<&Grant> {
        let holds = |grant: &&Grant| grant.access_tokens.iter().any(|known| known == access_token);
        self.granted.iter().find(|grant| !grant.ended && holds(grant))
    }

    pub(super) fn revoke(&mut self, client_id: &str, token: &str) {
        for grant in self.granted.iter_mut().filter(|grant| grant.client_id == client_id) {
            let mut tokens = grant.refresh_tokens.iter().chain(&grant.access_tokens);
            grant.ended |= tokens.any(|known| known == token);
        }
    }

    /// Ends what a session at the provider led to, and tells which clients took part.
    pub(super) fn end_session(&mut self, sid: &str) -> Vec<String> {
        let mut clients = Vec::new();
        for grant in self.granted.iter_mut().filter(|grant| grant.sso.sid == sid) {
            grant.ended = true;
            if !clients.contains(&grant.client_id) {
                clients.push(grant.client_id.clone());
            }
        }
        clients
    }

    pub(super) fn live(&self) -> usize {
        self.granted.iter().filter(|grant| !grant.ended).count()
    }
}
