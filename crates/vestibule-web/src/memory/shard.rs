use std::{
    fmt,
    sync::{Arc, PoisonError, RwLock},
    time::Duration,
};

use async_trait::async_trait;
use bytes::Bytes;
use tokio::{sync::Notify, task, time};

use crate::store::{
    BeginAttempt, ChangeCursor, Changes, Commit, CommitRefresh, EndIf, Ended, HolderId, Insert, Lease, Load,
    NewSession, PublicId, Reaped, RefreshHash, Renew, Replace, Retention, Revocation, Revoke, Scope,
    SessionKey, SessionStore, SessionSummary, Stamped, StoreClock, StoreError, StoreTime, Touch, transition,
};

use super::{builder::Limits, reap::Step, sessions::Sessions};

/// How many steps of housekeeping are made while others wait for the lock.
const BATCH: usize = 256;

/// The sessions of one realm behind their lock. The time is taken under it, so no order of events contradicts it.
pub(super) struct Shard {
    clock: Arc<StoreClock>,
    sessions: RwLock<Sessions>,
    news: Notify,
}

impl Shard {
    pub(super) fn new(clock: Arc<StoreClock>, limits: Limits, retention: Retention) -> Self {
        let sessions = Sessions::new(clock.now(), limits, retention);
        Self { clock, sessions: RwLock::new(sessions), news: Notify::new() }
    }

    /// Remembers at least that long from now on.
    pub(super) fn retain(&self, retention: Retention) {
        self.write(|sessions, _| sessions.ledger.retain(retention));
    }

    fn read<R>(&self, verb: impl FnOnce(&Sessions, StoreTime) -> R) -> Stamped<R> {
        let sessions = self.sessions.read().unwrap_or_else(PoisonError::into_inner);
        let at = self.clock.now();
        Stamped { at, reply: verb(&sessions, at) }
    }

    fn write<R>(&self, verb: impl FnOnce(&mut Sessions, StoreTime) -> R) -> Stamped<R> {
        let mut sessions = self.sessions.write().unwrap_or_else(PoisonError::into_inner);
        let at = self.clock.now();
        let log_end = sessions.log_end();
        let reply = verb(&mut sessions, at);
        if sessions.log_end() != log_end {
            self.news.notify_waiters();
        }
        Stamped { at, reply }
    }

    fn try_write<R>(
        &self,
        verb: impl FnOnce(&mut Sessions, StoreTime) -> Result<R, StoreError>,
    ) -> Result<Stamped<R>, StoreError> {
        let Stamped { at, reply } = self.write(verb);
        reply.map(|reply| Stamped { at, reply })
    }

    async fn next_changes(&self, from: ChangeCursor) -> Stamped<Changes> {
        loop {
            let news = self.news.notified();
            let Stamped { at, reply } = self.read(|sessions, _| sessions.changes(from));
            if let Some(reply) = reply {
                return Stamped { at, reply };
            }
            news.await;
        }
    }
}

#[async_trait]
impl SessionStore for Shard {
    async fn now(&self) -> Result<StoreTime, StoreError> {
        Ok(self.clock.now())
    }

    async fn check(&self) -> Result<(), StoreError> {
        Ok(())
    }

    async fn insert(
        &self,
        session: NewSession,
        ends: Option<SessionKey>,
    ) -> Result<Stamped<Insert>, StoreError> {
        self.try_write(|sessions, now| sessions.insert(now, session, ends))
    }

    async fn load(&self, key: &SessionKey) -> Result<Stamped<Load>, StoreError> {
        Ok(self.read(|sessions, now| sessions.load(now, key)))
    }

    async fn is_covered(
        &self,
        key: &SessionKey,
        scopes: &[Scope],
        began: StoreTime,
    ) -> Result<Stamped<bool>, StoreError> {
        Ok(self.read(|sessions, now| sessions.is_covered(now, key, scopes, began)))
    }

    async fn touch(&self, key: &SessionKey, idle: Duration) -> Result<Stamped<Touch>, StoreError> {
        Ok(self.write(|sessions, now| {
            sessions.with_live(now, key, |record| transition::touch(record, now, idle))
        }))
    }

    async fn replace(
        &self,
        key: &SessionKey,
        version: u64,
        data: Bytes,
    ) -> Result<Stamped<Replace>, StoreError> {
        Ok(self.write(|sessions, now| sessions.replace(now, key, version, data)))
    }

    async fn lease(
        &self,
        key: &SessionKey,
        holder: &HolderId,
        ttl: Duration,
    ) -> Result<Stamped<Lease>, StoreError> {
        Ok(self.write(|sessions, now| {
            sessions.with_live(now, key, |record| transition::lease(record, now, *holder, ttl))
        }))
    }

    async fn renew(
        &self,
        key: &SessionKey,
        holder: &HolderId,
        ttl: Duration,
    ) -> Result<Stamped<Renew>, StoreError> {
        Ok(self.write(|sessions, now| {
            sessions.with_live(now, key, |record| transition::renew(record, now, *holder, ttl))
        }))
    }

    async fn release(&self, key: &SessionKey, holder: &HolderId) -> Result<Stamped<()>, StoreError> {
        Ok(self.write(|sessions, now| sessions.release(now, key, *holder)))
    }

    async fn begin_attempt(
        &self,
        key: &SessionKey,
        holder: &HolderId,
        spent: &RefreshHash,
        limit: Duration,
    ) -> Result<Stamped<BeginAttempt>, StoreError> {
        Ok(self.write(|sessions, now| {
            sessions
                .with_live(now, key, |record| transition::begin_attempt(record, now, *holder, *spent, limit))
        }))
    }

    async fn commit_refresh(
        &self,
        key: &SessionKey,
        commit: CommitRefresh,
    ) -> Result<Stamped<Commit>, StoreError> {
        Ok(self.write(|sessions, now| sessions.commit_refresh(now, key, commit)))
    }

    async fn end_if(
        &self,
        key: &SessionKey,
        holder: &HolderId,
        refused: &RefreshHash,
    ) -> Result<Stamped<EndIf>, StoreError> {
        Ok(self.write(|sessions, now| sessions.end_if(now, key, *holder, *refused)))
    }

    async fn end(&self, key: &SessionKey) -> Result<Stamped<Ended>, StoreError> {
        Ok(self.write(|sessions, now| sessions.end(now, key)))
    }

    async fn revoke(&self, revocation: Revocation) -> Result<Stamped<Revoke>, StoreError> {
        self.try_write(|sessions, now| sessions.revoke(now, revocation))
    }

    async fn sessions_of(&self, subject: &Scope) -> Result<Stamped<Vec<SessionSummary>>, StoreError> {
        Ok(self.read(|sessions, now| sessions.sessions_of(now, subject)))
    }

    async fn end_listed(&self, subject: &Scope, id: &PublicId) -> Result<Stamped<Ended>, StoreError> {
        Ok(self.write(|sessions, now| sessions.end_listed(now, subject, id)))
    }

    async fn changes(&self, from: ChangeCursor, patience: Duration) -> Result<Stamped<Changes>, StoreError> {
        let next = if patience.is_zero() {
            let Stamped { at, reply } = self.read(|sessions, _| sessions.changes(from));
            reply.map(|reply| Stamped { at, reply })
        } else {
            time::timeout(patience, self.next_changes(from)).await.ok()
        };
        let in_vain = || Changes::Entries { entries: Vec::new(), next: from };
        Ok(next.unwrap_or_else(|| Stamped { at: self.clock.now(), reply: in_vain() }))
    }

    async fn reap(&self, limit: usize) -> Result<Stamped<Reaped>, StoreError> {
        let mut removed = 0;
        loop {
            let Stamped { at, reply: last } = self.write(|sessions, now| {
                let mut last = Step::Kept;
                for _ in 0..BATCH {
                    if removed >= limit || last == Step::Nothing {
                        break;
                    }
                    last = sessions.reap_step(now);
                    removed += usize::from(last == Step::Deleted);
                }
                last
            });
            let more = last != Step::Nothing;
            if removed >= limit || !more {
                return Ok(Stamped { at, reply: Reaped { removed, more } });
            }
            task::yield_now().await;
        }
    }
}

impl fmt::Debug for Shard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MemorySessions").finish_non_exhaustive()
    }
}
