use std::{
    future::{Future, poll_fn},
    pin::pin,
    sync::Arc,
    task::Poll,
    time::Duration,
};

use async_trait::async_trait;
use bytes::Bytes;
use tokio::time::sleep;

use super::{
    BeginAttempt, ChangeCursor, Changes, Commit, CommitRefresh, EndIf, Ended, HolderId, Insert, Lease, Load,
    NewSession, PublicId, Reaped, RefreshHash, Renew, Replace, Revocation, Revoke, Scope, SessionKey,
    SessionStore, SessionSummary, Stamped, StoreError, StoreTime, Touch,
};

/// How long a request waits for one reply of the store (checklist H08).
const DEADLINE: Duration = Duration::from_secs(2);
/// How long a step of a refresh does: longer than anybody waits for a refresh.
const REFRESH: Duration = Duration::from_secs(60);
/// How long housekeeping does.
const LEISURE: Duration = Duration::from_secs(30);

/// Gives up on a store that does not answer in time. What became of the call is unknown then, as after any error.
///
/// The verbs of a refresh have more time: it runs in a task of its own, and offers its new tokens again.
#[derive(Debug)]
pub(crate) struct Deadline(pub(crate) Arc<dyn SessionStore>);

async fn within<R>(
    limit: Duration,
    call: impl Future<Output = Result<R, StoreError>>,
) -> Result<R, StoreError> {
    let (mut call, mut timer) = (pin!(call), None);
    poll_fn(|context| {
        if let Poll::Ready(reply) = call.as_mut().poll(context) {
            return Poll::Ready(reply);
        }
        // Only now: a store in memory answers at once, and a timer costs more than its answer.
        let timer = timer.get_or_insert_with(|| Box::pin(sleep(limit)));
        timer.as_mut().poll(context).map(|()| Err(StoreError::TimedOut))
    })
    .await
}

#[async_trait]
impl SessionStore for Deadline {
    async fn now(&self) -> Result<StoreTime, StoreError> {
        within(DEADLINE, self.0.now()).await
    }

    async fn check(&self) -> Result<(), StoreError> {
        within(DEADLINE, self.0.check()).await
    }

    async fn insert(
        &self,
        session: NewSession,
        ends: Option<SessionKey>,
    ) -> Result<Stamped<Insert>, StoreError> {
        within(DEADLINE, self.0.insert(session, ends)).await
    }

    async fn load(&self, key: &SessionKey) -> Result<Stamped<Load>, StoreError> {
        within(DEADLINE, self.0.load(key)).await
    }

    async fn is_covered(
        &self,
        key: &SessionKey,
        scopes: &[Scope],
        began: StoreTime,
    ) -> Result<Stamped<bool>, StoreError> {
        within(DEADLINE, self.0.is_covered(key, scopes, began)).await
    }

    async fn touch(&self, key: &SessionKey, idle: Duration) -> Result<Stamped<Touch>, StoreError> {
        within(DEADLINE, self.0.touch(key, idle)).await
    }

    async fn replace(
        &self,
        key: &SessionKey,
        version: u64,
        data: Bytes,
    ) -> Result<Stamped<Replace>, StoreError> {
        within(DEADLINE, self.0.replace(key, version, data)).await
    }

    async fn lease(
        &self,
        key: &SessionKey,
        holder: &HolderId,
        ttl: Duration,
    ) -> Result<Stamped<Lease>, StoreError> {
        within(REFRESH, self.0.lease(key, holder, ttl)).await
    }

    async fn renew(
        &self,
        key: &SessionKey,
        holder: &HolderId,
        ttl: Duration,
    ) -> Result<Stamped<Renew>, StoreError> {
        within(REFRESH, self.0.renew(key, holder, ttl)).await
    }

    async fn release(&self, key: &SessionKey, holder: &HolderId) -> Result<Stamped<()>, StoreError> {
        within(REFRESH, self.0.release(key, holder)).await
    }

    async fn begin_attempt(
        &self,
        key: &SessionKey,
        holder: &HolderId,
        spent: &RefreshHash,
        limit: Duration,
    ) -> Result<Stamped<BeginAttempt>, StoreError> {
        within(REFRESH, self.0.begin_attempt(key, holder, spent, limit)).await
    }

    async fn commit_refresh(
        &self,
        key: &SessionKey,
        commit: CommitRefresh,
    ) -> Result<Stamped<Commit>, StoreError> {
        within(REFRESH, self.0.commit_refresh(key, commit)).await
    }

    async fn end_if(
        &self,
        key: &SessionKey,
        holder: &HolderId,
        refused: &RefreshHash,
    ) -> Result<Stamped<EndIf>, StoreError> {
        within(REFRESH, self.0.end_if(key, holder, refused)).await
    }

    async fn end(&self, key: &SessionKey) -> Result<Stamped<Ended>, StoreError> {
        within(DEADLINE, self.0.end(key)).await
    }

    async fn revoke(&self, revocation: Revocation) -> Result<Stamped<Revoke>, StoreError> {
        within(DEADLINE, self.0.revoke(revocation)).await
    }

    async fn sessions_of(&self, subject: &Scope) -> Result<Stamped<Vec<SessionSummary>>, StoreError> {
        within(DEADLINE, self.0.sessions_of(subject)).await
    }

    async fn end_listed(&self, subject: &Scope, id: &PublicId) -> Result<Stamped<Ended>, StoreError> {
        within(DEADLINE, self.0.end_listed(subject, id)).await
    }

    async fn changes(&self, from: ChangeCursor, patience: Duration) -> Result<Stamped<Changes>, StoreError> {
        within(patience + DEADLINE, self.0.changes(from, patience)).await
    }

    async fn reap(&self, limit: usize) -> Result<Stamped<Reaped>, StoreError> {
        within(LEISURE, self.0.reap(limit)).await
    }
}
