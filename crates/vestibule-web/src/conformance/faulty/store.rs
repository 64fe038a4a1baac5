use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use bytes::Bytes;

use crate::store::{
    BeginAttempt, ChangeCursor, Changes, Commit, CommitRefresh, EndIf, Ended, HolderId, Insert, Lease, Load,
    NewSession, PublicId, Reaped, RefreshHash, Renew, Replace, Revocation, Revoke, Scope, SessionKey,
    SessionStore, SessionSummary, Stamped, StoreError, StoreTime, Touch,
};

use super::{Plan, Verb};

/// One realm of a [`Faulty`](super::Faulty) engine.
#[derive(Debug)]
pub(super) struct FaultyStore {
    pub(super) inner: Arc<dyn SessionStore>,
    pub(super) plan: Arc<Plan>,
}

#[async_trait]
impl SessionStore for FaultyStore {
    async fn now(&self) -> Result<StoreTime, StoreError> {
        self.plan.carry_out(Verb::Now, self.inner.now()).await
    }

    fn recent(&self) -> Option<StoreTime> {
        self.inner.recent()
    }

    async fn check(&self) -> Result<(), StoreError> {
        self.plan.carry_out(Verb::Check, self.inner.check()).await
    }

    async fn insert(
        &self,
        session: NewSession,
        ends: Option<SessionKey>,
    ) -> Result<Stamped<Insert>, StoreError> {
        self.plan.carry_out(Verb::Insert, self.inner.insert(session, ends)).await
    }

    async fn load(&self, key: &SessionKey) -> Result<Stamped<Load>, StoreError> {
        self.plan.carry_out(Verb::Load, self.inner.load(key)).await
    }

    async fn is_covered(
        &self,
        key: &SessionKey,
        scopes: &[Scope],
        began: StoreTime,
    ) -> Result<Stamped<bool>, StoreError> {
        self.plan.carry_out(Verb::IsCovered, self.inner.is_covered(key, scopes, began)).await
    }

    async fn touch(&self, key: &SessionKey, idle: Duration) -> Result<Stamped<Touch>, StoreError> {
        self.plan.carry_out(Verb::Touch, self.inner.touch(key, idle)).await
    }

    async fn replace(
        &self,
        key: &SessionKey,
        version: u64,
        data: Bytes,
    ) -> Result<Stamped<Replace>, StoreError> {
        self.plan.carry_out(Verb::Replace, self.inner.replace(key, version, data)).await
    }

    async fn lease(
        &self,
        key: &SessionKey,
        holder: &HolderId,
        ttl: Duration,
    ) -> Result<Stamped<Lease>, StoreError> {
        self.plan.carry_out(Verb::Lease, self.inner.lease(key, holder, ttl)).await
    }

    async fn renew(
        &self,
        key: &SessionKey,
        holder: &HolderId,
        ttl: Duration,
    ) -> Result<Stamped<Renew>, StoreError> {
        self.plan.carry_out(Verb::Renew, self.inner.renew(key, holder, ttl)).await
    }

    async fn release(&self, key: &SessionKey, holder: &HolderId) -> Result<Stamped<()>, StoreError> {
        self.plan.carry_out(Verb::Release, self.inner.release(key, holder)).await
    }

    async fn begin_attempt(
        &self,
        key: &SessionKey,
        holder: &HolderId,
        spent: &RefreshHash,
        limit: Duration,
    ) -> Result<Stamped<BeginAttempt>, StoreError> {
        self.plan.carry_out(Verb::BeginAttempt, self.inner.begin_attempt(key, holder, spent, limit)).await
    }

    async fn commit_refresh(
        &self,
        key: &SessionKey,
        commit: CommitRefresh,
    ) -> Result<Stamped<Commit>, StoreError> {
        self.plan.carry_out(Verb::CommitRefresh, self.inner.commit_refresh(key, commit)).await
    }

    async fn end_if(
        &self,
        key: &SessionKey,
        holder: &HolderId,
        refused: &RefreshHash,
    ) -> Result<Stamped<EndIf>, StoreError> {
        self.plan.carry_out(Verb::EndIf, self.inner.end_if(key, holder, refused)).await
    }

    async fn end(&self, key: &SessionKey) -> Result<Stamped<Ended>, StoreError> {
        self.plan.carry_out(Verb::End, self.inner.end(key)).await
    }

    async fn revoke(&self, revocation: Revocation) -> Result<Stamped<Revoke>, StoreError> {
        self.plan.carry_out(Verb::Revoke, self.inner.revoke(revocation)).await
    }

    async fn sessions_of(&self, subject: &Scope) -> Result<Stamped<Vec<SessionSummary>>, StoreError> {
        self.plan.carry_out(Verb::SessionsOf, self.inner.sessions_of(subject)).await
    }

    async fn end_listed(&self, subject: &Scope, id: &PublicId) -> Result<Stamped<Ended>, StoreError> {
        self.plan.carry_out(Verb::EndListed, self.inner.end_listed(subject, id)).await
    }

    async fn changes(&self, from: ChangeCursor, patience: Duration) -> Result<Stamped<Changes>, StoreError> {
        self.plan.carry_out(Verb::Changes, self.inner.changes(from, patience)).await
    }

    async fn reap(&self, limit: usize) -> Result<Stamped<Reaped>, StoreError> {
        self.plan.carry_out(Verb::Reap, self.inner.reap(limit)).await
    }
}
