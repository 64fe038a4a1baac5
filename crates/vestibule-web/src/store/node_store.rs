use std::{
    future::{Future, poll_fn},
    pin::pin,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    task::Poll,
    time::Duration,
};

use bytes::Bytes;
use tokio::time::sleep;
use vestibule::Clock;

use super::{
    BeginAttempt, ChangeCursor, Changes, Commit, CommitRefresh, EndIf, Ended, HolderId, Insert,
    LatestStoreTime, Lease, Load, NewSession, PublicId, Reaped, RefreshHash, Renew, Replace, Revocation,
    Revoke, Scope, SessionKey, SessionStore, SessionSummary, Stamped, StoreError, StoreTime, Touch,
};
use crate::{observe, revocation_queue::RevocationQueue};

/// How long a request waits for one reply of the store (checklist H08).
const DEADLINE: Duration = Duration::from_secs(2);
/// How long a step of a refresh does: longer than anybody waits for a refresh.
const REFRESH: Duration = Duration::from_secs(60);
/// How long housekeeping does.
const LEISURE: Duration = Duration::from_secs(30);

/// The store as the sessions of this node use it. It gives up on an engine that does not answer in time; what became of
/// the call is unknown then, as after any error. And no session lives here that a logout ended which this node has heard
/// of, whether or not the engine took it.
///
/// The verbs of a refresh have more time: it runs in a task of its own, and offers its new tokens again.
#[derive(Debug)]
pub(crate) struct NodeStore {
    pub(crate) store: Arc<dyn SessionStore>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) queue: Arc<RevocationQueue>,
    latest: LatestStoreTime,
    /// Whether it was ever told: so that reading asks about it once, and not each time.
    knows_time: AtomicBool,
}

/// When something was heard, in store time.
#[derive(Debug)]
pub(crate) enum Heard {
    /// As the store told.
    At(StoreTime),
    /// As this node knows by itself, if it does, since the store did not tell.
    Untold(Option<StoreTime>, StoreError),
}

impl NodeStore {
    pub(crate) fn new(
        store: Arc<dyn SessionStore>,
        clock: Arc<dyn Clock>,
        queue: Arc<RevocationQueue>,
    ) -> Self {
        Self { store, clock, queue, latest: LatestStoreTime::default(), knows_time: AtomicBool::new(false) }
    }

    /// What the store's time is at the latest; `None` before its first reply.
    pub(crate) fn latest(&self) -> Option<StoreTime> {
        self.latest.at(self.clock.monotonic())
    }

    /// The moment of what is being heard now.
    pub(crate) async fn hear(&self) -> Heard {
        let since = self.clock.monotonic();
        match self.now().await {
            Ok(at) => Heard::At(at),
            Err(error) => Heard::Untold(self.latest.at(since), error),
        }
    }

    async fn ask<R>(
        &self,
        verb: &'static str,
        limit: Duration,
        call: impl Future<Output = Result<R, StoreError>>,
    ) -> Result<R, StoreError> {
        let (reply, waited) = self.within(limit, call).await;
        if let Some(waited) = waited {
            observe::store_waited(verb, waited);
        }
        match reply {
            Ok(reply) => {
                self.queue.store_answered();
                Ok(reply)
            }
            Err(error) => {
                observe::store_failed(verb, &error);
                Err(error)
            }
        }
    }

    /// As [`ask`](Self::ask), for a reply that tells the store's own time. Not on the hot path, where it may be a cache's.
    async fn ask_the_engine<R>(
        &self,
        verb: &'static str,
        limit: Duration,
        call: impl Future<Output = Result<Stamped<R>, StoreError>>,
    ) -> Result<Stamped<R>, StoreError> {
        let asked = self.clock.monotonic();
        let reply = self.ask(verb, limit, call).await?;
        self.latest.observe(reply.at, asked, self.clock.monotonic());
        self.knows_time.store(true, Ordering::Relaxed);
        Ok(reply)
    }

    /// Asks for the time unless it was told before: a node that only reads may have to keep a logout, too.
    async fn know_time(&self) {
        if !self.knows_time.load(Ordering::Relaxed) {
            let _ = self.now().await;
        }
    }

    /// The reply, and how long it took if it did not come at once.
    async fn within<R>(
        &self,
        limit: Duration,
        call: impl Future<Output = Result<R, StoreError>>,
    ) -> (Result<R, StoreError>, Option<Duration>) {
        let (mut call, mut timer) = (pin!(call), None);
        let reply = poll_fn(|context| {
            if let Poll::Ready(reply) = call.as_mut().poll(context) {
                return Poll::Ready(reply);
            }
            // Only now: a store in memory answers at once, and a timer costs more than its answer.
            let (timer, _) = timer.get_or_insert_with(|| (Box::pin(sleep(limit)), self.clock.monotonic()));
            timer.as_mut().poll(context).map(|()| Err(StoreError::TimedOut))
        })
        .await;
        (reply, timer.map(|(_, since)| self.clock.monotonic().saturating_sub(since)))
    }
}

/// The verbs of the store. Not the trait, which would put one box around another with every call.
impl NodeStore {
    pub(crate) async fn now(&self) -> Result<StoreTime, StoreError> {
        let now = async { self.store.now().await.map(|at| Stamped { at, reply: () }) };
        self.ask_the_engine("now", DEADLINE, now).await.map(|told| told.at)
    }

    /// The store's time as it is known here without a call, if it is; behind rather than ahead.
    pub(crate) fn recent(&self) -> Option<StoreTime> {
        self.store.recent()
    }

    pub(crate) async fn check(&self) -> Result<(), StoreError> {
        self.ask("check", DEADLINE, self.store.check()).await
    }

    pub(crate) async fn insert(
        &self,
        session: NewSession,
        ends: Option<SessionKey>,
    ) -> Result<Stamped<Insert>, StoreError> {
        if self.queue.covers(&session.key, &session.scopes, session.began) {
            if let Some(old) = ends {
                self.end(&old).await?;
            }
            return Ok(Stamped { at: self.now().await?, reply: Insert::Refused });
        }
        self.ask_the_engine("insert", DEADLINE, self.store.insert(session, ends)).await
    }

    pub(crate) async fn load(&self, key: &SessionKey) -> Result<Stamped<Load>, StoreError> {
        let loaded = self.ask("load", DEADLINE, self.store.load(key)).await?;
        self.know_time().await;
        Ok(self.queue.judge(loaded))
    }

    pub(crate) async fn is_covered(
        &self,
        key: &SessionKey,
        scopes: &[Scope],
        began: StoreTime,
    ) -> Result<Stamped<bool>, StoreError> {
        let covered = self.ask("is_covered", DEADLINE, self.store.is_covered(key, scopes, began)).await?;
        self.know_time().await;
        let reply = covered.reply || self.queue.covers(key, scopes, began);
        Ok(Stamped { reply, ..covered })
    }

    pub(crate) async fn touch(&self, key: &SessionKey, idle: Duration) -> Result<Stamped<Touch>, StoreError> {
        self.ask("touch", DEADLINE, self.store.touch(key, idle)).await
    }

    pub(crate) async fn replace(
        &self,
        key: &SessionKey,
        version: u64,
        data: Bytes,
    ) -> Result<Stamped<Replace>, StoreError> {
        Ok(self.queue.judge(self.ask("replace", DEADLINE, self.store.replace(key, version, data)).await?))
    }

    pub(crate) async fn lease(
        &self,
        key: &SessionKey,
        holder: &HolderId,
        ttl: Duration,
    ) -> Result<Stamped<Lease>, StoreError> {
        let leased = self.queue.judge(self.ask("lease", REFRESH, self.store.lease(key, holder, ttl)).await?);
        if matches!(leased.reply, Lease::Gone(_)) {
            // It was taken all the same where the queue alone knows that the session has ended.
            let _ = self.release(key, holder).await;
        }
        Ok(leased)
    }

    pub(crate) async fn renew(
        &self,
        key: &SessionKey,
        holder: &HolderId,
        ttl: Duration,
    ) -> Result<Stamped<Renew>, StoreError> {
        self.ask("renew", REFRESH, self.store.renew(key, holder, ttl)).await
    }

    pub(crate) async fn release(
        &self,
        key: &SessionKey,
        holder: &HolderId,
    ) -> Result<Stamped<()>, StoreError> {
        self.ask("release", REFRESH, self.store.release(key, holder)).await
    }

    pub(crate) async fn begin_attempt(
        &self,
        key: &SessionKey,
        holder: &HolderId,
        spent: &RefreshHash,
        limit: Duration,
    ) -> Result<Stamped<BeginAttempt>, StoreError> {
        let begun = self.store.begin_attempt(key, holder, spent, limit);
        Ok(self.queue.judge(self.ask("begin_attempt", REFRESH, begun).await?))
    }

    pub(crate) async fn commit_refresh(
        &self,
        key: &SessionKey,
        commit: CommitRefresh,
    ) -> Result<Stamped<Commit>, StoreError> {
        let committed = self.store.commit_refresh(key, commit);
        Ok(self.queue.judge(self.ask("commit_refresh", REFRESH, committed).await?))
    }

    pub(crate) async fn end_if(
        &self,
        key: &SessionKey,
        holder: &HolderId,
        refused: &RefreshHash,
    ) -> Result<Stamped<EndIf>, StoreError> {
        let ended = self.store.end_if(key, holder, refused);
        Ok(self.queue.judge(self.ask("end_if", REFRESH, ended).await?))
    }

    pub(crate) async fn end(&self, key: &SessionKey) -> Result<Stamped<Ended>, StoreError> {
        self.ask_the_engine("end", DEADLINE, self.store.end(key)).await
    }

    pub(crate) async fn revoke(&self, revocation: Revocation) -> Result<Stamped<Revoke>, StoreError> {
        self.ask_the_engine("revoke", DEADLINE, self.store.revoke(revocation)).await
    }

    pub(crate) async fn sessions_of(
        &self,
        subject: &Scope,
    ) -> Result<Stamped<Vec<SessionSummary>>, StoreError> {
        self.ask("sessions_of", DEADLINE, self.store.sessions_of(subject)).await
    }

    pub(crate) async fn end_listed(
        &self,
        subject: &Scope,
        id: &PublicId,
    ) -> Result<Stamped<Ended>, StoreError> {
        self.ask("end_listed", DEADLINE, self.store.end_listed(subject, id)).await
    }

    pub(crate) async fn changes(
        &self,
        from: ChangeCursor,
        patience: Duration,
    ) -> Result<Stamped<Changes>, StoreError> {
        // How long it waits for something to tell says nothing about the store.
        let (changes, _) = self.within(patience + DEADLINE, self.store.changes(from, patience)).await;
        changes.inspect_err(|error| observe::store_failed("changes", error))
    }

    pub(crate) async fn reap(&self, limit: usize) -> Result<Stamped<Reaped>, StoreError> {
        self.ask_the_engine("reap", LEISURE, self.store.reap(limit)).await
    }
}
