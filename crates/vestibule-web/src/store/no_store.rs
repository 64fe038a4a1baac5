use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use bytes::Bytes;
use vestibule::Clock;

use super::{
    BeginAttempt, ChangeCursor, Changes, Commit, CommitRefresh, EndIf, Ended, HolderId, Insert, Lease, Load,
    NewSession, PublicId, Reaped, RefreshHash, Renew, Replace, Revocation, Revoke, Scope, SessionKey,
    SessionStore, SessionSummary, Stamped, StoreClock, StoreError, StoreTime, Touch,
};

/// A store with room for nothing, for applications that have none: it tells this node's time, knows no session and no
/// logout, and can take none.
#[derive(Debug)]
pub(crate) struct NoStore(StoreClock);

impl NoStore {
    pub(crate) fn new(clock: Arc<dyn Clock>) -> Self {
        Self(StoreClock::new(clock))
    }

    fn says<T>(&self, reply: T) -> Result<Stamped<T>, StoreError> {
        Ok(Stamped { at: self.0.now(), reply })
    }
}

#[async_trait]
impl SessionStore for NoStore {
    async fn now(&self) -> Result<StoreTime, StoreError> {
        Ok(self.0.now())
    }

    async fn check(&self) -> Result<(), StoreError> {
        Ok(())
    }

    async fn insert(&self, _: NewSession, _: Option<SessionKey>) -> Result<Stamped<Insert>, StoreError> {
        Err(StoreError::Full)
    }

    async fn load(&self, _: &SessionKey) -> Result<Stamped<Load>, StoreError> {
        self.says(Load::Absent)
    }

    async fn is_covered(
        &self,
        _: &SessionKey,
        _: &[Scope],
        _: StoreTime,
    ) -> Result<Stamped<bool>, StoreError> {
        self.says(false)
    }

    async fn touch(&self, _: &SessionKey, _: Duration) -> Result<Stamped<Touch>, StoreError> {
        self.says(Touch::Absent)
    }

    async fn replace(&self, _: &SessionKey, _: u64, _: Bytes) -> Result<Stamped<Replace>, StoreError> {
        self.says(Replace::Absent)
    }

    async fn lease(&self, _: &SessionKey, _: &HolderId, _: Duration) -> Result<Stamped<Lease>, StoreError> {
        self.says(Lease::Absent)
    }

    async fn renew(&self, _: &SessionKey, _: &HolderId, _: Duration) -> Result<Stamped<Renew>, StoreError> {
        self.says(Renew::Absent)
    }

    async fn release(&self, _: &SessionKey, _: &HolderId) -> Result<Stamped<()>, StoreError> {
        self.says(())
    }

    async fn begin_attempt(
        &self,
        _: &SessionKey,
        _: &HolderId,
        _: &RefreshHash,
        _: Duration,
    ) -> Result<Stamped<BeginAttempt>, StoreError> {
        self.says(BeginAttempt::Absent)
    }

    async fn commit_refresh(&self, _: &SessionKey, _: CommitRefresh) -> Result<Stamped<Commit>, StoreError> {
        self.says(Commit::Absent)
    }

    async fn end_if(
        &self,
        _: &SessionKey,
        _: &HolderId,
        _: &RefreshHash,
    ) -> Result<Stamped<EndIf>, StoreError> {
        self.says(EndIf::Absent)
    }

    async fn end(&self, _: &SessionKey) -> Result<Stamped<Ended>, StoreError> {
        self.says(Ended::Absent)
    }

    async fn revoke(&self, _: Revocation) -> Result<Stamped<Revoke>, StoreError> {
        Err(StoreError::Full)
    }

    async fn sessions_of(&self, _: &Scope) -> Result<Stamped<Vec<SessionSummary>>, StoreError> {
        self.says(Vec::new())
    }

    async fn end_listed(&self, _: &Scope, _: &PublicId) -> Result<Stamped<Ended>, StoreError> {
        self.says(Ended::Absent)
    }

    async fn changes(&self, from: ChangeCursor, patience: Duration) -> Result<Stamped<Changes>, StoreError> {
        tokio::time::sleep(patience).await;
        self.says(Changes::Entries { entries: Vec::new(), next: from })
    }

    async fn reap(&self, _: usize) -> Result<Stamped<Reaped>, StoreError> {
        self.says(Reaped { removed: 0, more: false })
    }
}
