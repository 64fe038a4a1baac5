use std::{fmt, sync::Arc, time::Duration};

use vestibule::{AccessGrant, Issuer, ResourceServer};

use super::ApiError;
use crate::{
    RelyingParty,
    engine::Engine,
    store::{Scope, SessionKey, StoreError, StoreTime},
};

/// The logouts that a relying party has heard of, as they concern access tokens (checklist G13).
pub(super) struct Logouts(Arc<Engine>);

impl Logouts {
    pub(super) fn of(relying_party: &RelyingParty) -> Self {
        Self(Arc::clone(&relying_party.0))
    }

    /// Whether this API accepts tokens of the users whose logouts these are.
    pub(super) fn concern(&self, api: &ResourceServer) -> bool {
        api.issuers().any(|issuer| self.issuer().keeps_users_of(issuer))
    }

    /// Whether there is a store that they are in.
    pub(super) fn are_remembered(&self) -> bool {
        self.0.sealed.as_ref().is_none_or(|sealed| sealed.hears_logouts)
    }

    fn issuer(&self) -> &Issuer {
        self.0.client.provider().issuer()
    }

    /// Refuses the token of an ended session. A token of another issuer, or of a service, is none of this relying party's.
    pub(super) async fn check(&self, api: &ResourceServer, grant: &AccessGrant) -> Result<(), ApiError> {
        let is_ours = self.issuer().keeps_users_of(grant.issuer()) && !grant.is_service();
        if is_ours && self.covers(api, grant).await? { Err(ApiError::Revoked) } else { Ok(()) }
    }

    /// A logout's moment is store time and a token's `iat` is the provider's, and the two do not compare. A token's age is a
    /// span, though, and spans do: the token began as long before the store's present as it is old.
    ///
    /// Whether a store that began after that has heard of all logouts cannot be known. If it is only the allowance for
    /// clocks, or the second to which times are rounded, that makes the token older than the store, it is believed to be as
    /// old as the store: else an application that keeps its sessions in memory would refuse every token in the first minute
    /// of its life. No logout that the store has heard of is missed by that.
    async fn covers(&self, api: &ResourceServer, grant: &AccessGrant) -> Result<bool, StoreError> {
        let age = match grant.issued_at() {
            Some(issued_at) => api.provider().clock().now().since(issued_at),
            // As old as may be: the token does not say it.
            None => Duration::MAX,
        };
        // Early by a moment, a token is taken to be older than it is, and no younger.
        let store_now = match self.0.store.recent() {
            Some(recent) => recent,
            None => self.0.store.now().await?,
        };
        let scopes = self.scopes(grant);
        let oldest = earlier(store_now, age.saturating_add(api.clock_skew(grant)));
        if !self.is_covered(&scopes, oldest).await? {
            return Ok(false);
        }
        if !self.precedes_the_store(oldest).await? {
            return Ok(true);
        }
        let youngest = earlier(store_now, age.saturating_sub(ROUNDING));
        if self.precedes_the_store(youngest).await? {
            return Ok(true);
        }
        self.is_covered(&scopes, self.birth_between(oldest, youngest).await?).await
    }

    /// When the store began, which was after the one moment and not after the other. Asked for in its first minute alone.
    async fn birth_between(&self, before: StoreTime, after: StoreTime) -> Result<StoreTime, StoreError> {
        let (mut before, mut after) = (before, after);
        while after.since(before) > Duration::from_millis(1) {
            let middle = before.plus(after.since(before) / 2);
            if self.precedes_the_store(middle).await? {
                before = middle;
            } else {
                after = middle;
            }
        }
        Ok(after)
    }

    async fn precedes_the_store(&self, moment: StoreTime) -> Result<bool, StoreError> {
        self.is_covered(&[], moment).await
    }

    async fn is_covered(&self, scopes: &[Scope], began: StoreTime) -> Result<bool, StoreError> {
        Ok(self.0.store.is_covered(&NO_SESSION, scopes, began).await?.reply)
    }

    /// What a session of the same login would listen to.
    fn scopes(&self, grant: &AccessGrant) -> Vec<Scope> {
        let (realm, subject) = (&self.0.realm, grant.subject());
        let mut scopes = vec![realm.everything(), realm.subject(subject)];
        match grant.sid() {
            Some(sid) => scopes.extend([realm.sid(sid), realm.sid_of_subject(sid, subject)]),
            None => scopes.push(realm.subject_without_sid(subject)),
        }
        scopes
    }
}

/// Times in tokens are whole seconds.
const ROUNDING: Duration = Duration::from_secs(1);

/// No logout spares it.
const NO_SESSION: SessionKey = SessionKey::from_bytes([0; 32]);

fn earlier(moment: StoreTime, span: Duration) -> StoreTime {
    StoreTime::from_millis(
        moment.as_millis().saturating_sub(u64::try_from(span.as_millis()).unwrap_or(u64::MAX)),
    )
}

impl fmt::Debug for Logouts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Logouts").field(&self.0).finish()
    }
}
