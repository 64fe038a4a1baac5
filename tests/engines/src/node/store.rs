use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use bytes::Bytes;

use vestibule_web::store::{
    BeginAttempt, ChangeCursor, Changes, Commit, CommitRefresh, EndIf, Ended, HolderId, Insert, Lease, Load,
    NewSession, PublicId, Realm, Reaped, RefreshHash, Renew, Replace, Retention, Revocation, Revoke, Scope,
    SessionKey, SessionStore, SessionSummary, Stamped, StoreBackend, StoreError, StoreTime, Touch,
};

use super::fault_points::FaultPoints;

/// A store, with a fault point before and after every verb of a request. Checking, reaping and the reading of the log run by
/// clocks of their own, in no request.
#[derive(Debug)]
pub(super) struct WithFaultPoints {
    inner: Arc<dyn StoreBackend>,
    points: Arc<FaultPoints>,
}

impl WithFaultPoints {
    pub(super) fn new(inner: Arc<dyn StoreBackend>, points: Arc<FaultPoints>) -> Self {
        Self { inner, points }
    }
}

impl StoreBackend for WithFaultPoints {
    fn open(&self, realm: &Realm, retention: Retention) -> Arc<dyn SessionStore> {
        Arc::new(Sessions { inner: self.inner.open(realm, retention), points: Arc::clone(&self.points) })
    }
}

#[derive(Debug)]
struct Sessions {
    inner: Arc<dyn SessionStore>,
    points: Arc<FaultPoints>,
}

#[async_trait]
impl SessionStore for Sessions {
    async fn now(&self) -> Result<StoreTime, StoreError> {
        self.points.around("now", self.inner.now()).await
    }

    async fn check(&self) -> Result<(), StoreError> {
        self.inner.check().await
    }

    async fn insert(
        &self,
        session: NewSession,
        ends: Option<SessionKey>,
    ) -> Result<Stamped<Insert>, StoreError> {
        self.points.around("insert", self.inner.insert(session, ends)).await
    }

    async fn load(&self, key: &SessionKey) -> Result<Stamped<Load>, StoreError> {
        self.points.around("load", self.inner.load(key)).await
    }

    async fn is_covered(
        &self,
        key: &SessionKey,
        scopes: &[Scope],
        began: StoreTime,
    ) -> Result<Stamped<bool>, StoreError> {
        self.points.around("is_covered", self.inner.is_covered(key, scopes, began)).await
    }

    async fn touch(&self, key: &SessionKey, idle: Duration) -> Result<Stamped<Touch>, StoreError> {
        self.points.around("touch", self.inner.touch(key, idle)).await
    }

    async fn replace(
        &self,
        key: &SessionKey,
        version: u64,
        data: Bytes,
    ) -> Result<Stamped<Replace>, StoreError> {
        self.points.around("replace", self.inner.replace(key, version, data)).await
    }

    async fn lease(
        &self,
        key: &SessionKey,
        holder: &HolderId,
        ttl: Duration,
    ) -> Result<Stamped<Lease>, StoreError> {
        self.points.around("lease", self.inner.lease(key, holder, ttl)).await
    }

    async fn renew(
        &self,
        key: &SessionKey,
        holder: &HolderId,
        ttl: Duration,
    ) -> Result<Stamped<Renew>, StoreError> {
        self.points.around("renew", self.inner.renew(key, holder, ttl)).await
    }

    async fn release(&self, key: &SessionKey, holder: &HolderId) -> Result<Stamped<()>, StoreError> {
        self.points.around("release", self.inner.release(key, holder)).await
    }

    async fn begin_attempt(
        &self,
        key: &SessionKey,
        holder: &HolderId,
        spent: &RefreshHash,
        limit: Duration,
    ) -> Result<Stamped<BeginAttempt>, StoreError> {
        self.points.around("begin_attempt", self.inner.begin_attempt(key, holder, spent, limit)).await
    }

    async fn commit_refresh(
        &self,
        key: &SessionKey,
        commit: CommitRefresh,
    ) -> Result<Stamped<Commit>, StoreError> {
        self.points.around("commit_refresh", self.inner.commit_refresh(key, commit)).await
    }

    async fn end_if(
        &self,
        key: &SessionKey,
        holder: &HolderId,
        refused: &RefreshHash,
    ) -> Result<Stamped<EndIf>, StoreError> {
        self.points.around("end_if", self.inner.end_if(key, holder, refused)).await
    }

    async fn end(&self, key: &SessionKey) -> Result<Stamped<Ended>, StoreError> {
        self.points.around("end", self.inner.end(key)).await
    }

    async fn revoke(&self, revocation: Revocation) -> Result<Stamped<Revoke>, StoreError> {
        self.points.around("revoke", self.inner.revoke(revocation)).await
    }

    async fn sessions_of(&self, subject: &Scope) -> Result<Stamped<Vec<SessionSummary>>, StoreError> {
        self.points.around("sessions_of", self.inner.sessions_of(subject)).await
    }

    async fn end_listed(&self, subject: &Scope, id: &PublicId) -> Result<Stamped<Ended>, StoreError> {
        self.points.around("end_listed", self.inner.end_listed(subject, id)).await
    }

    async fn changes(&self, from: ChangeCursor, patience: Duration) -> Result<Stamped<Changes>, StoreError> {
        self.inner.changes(from, patience).await
    }

    async fn reap(&self, limit: usize) -> Result<Stamped<Reaped>, StoreError> {
        self.inner.reap(limit).await
    }
}
