use std::{
    fmt,
    sync::{
        Arc, Weak,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::Duration,
};

use async_trait::async_trait;
use bytes::Bytes;
use vestibule::Clock;

use crate::store::{
    BeginAttempt, ChangeCursor, Changes, Commit, CommitRefresh, EndIf, Ended, HolderId, Insert, Lease, Load,
    NewSession, PublicId, Reaped, RefreshHash, Renew, Replace, Retention, Revocation, Revoke, Scope,
    SessionKey, SessionStore, SessionSummary, Stamped, StoreError, StoreTime, Touch,
};

use super::{
    builder::Settings,
    channel::{Channel, Moment},
    counts::Counts,
    coverage::{CachedCoverage, ListenerOf},
    node_time::NodeTime,
    sessions::CachedSessions,
    strikes::Strikes,
    weight::Bounds,
};

/// One realm of a store, and what was read of it lately.
pub(super) struct NearStore {
    pub(super) this: Weak<Self>,
    pub(super) store: Arc<dyn SessionStore>,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) bound: Duration,
    pub(super) time: NodeTime,
    pub(super) channel: Channel,
    pub(super) strikes: Strikes,
    pub(super) sessions: CachedSessions,
    pub(super) coverage: CachedCoverage,
    pub(super) counts: Counts,
    pub(super) is_tailing: AtomicBool,
    /// For how many milliseconds the store surely remembers cutoffs.
    remembers: AtomicU64,
}

impl NearStore {
    pub(super) fn new(store: Arc<dyn SessionStore>, settings: &Settings) -> Arc<Self> {
        let bounds = Bounds { items: settings.sessions, bytes: settings.bytes };
        Arc::new_cyclic(|this| Self {
            this: Weak::clone(this),
            store,
            clock: Arc::clone(&settings.clock),
            bound: settings.bound,
            time: NodeTime::default(),
            channel: Channel::new(settings.bound),
            strikes: Strikes::default(),
            sessions: CachedSessions::new(bounds),
            coverage: CachedCoverage::new(bounds),
            counts: Counts::default(),
            is_tailing: AtomicBool::new(false),
            remembers: AtomicU64::new(0),
        })
    }

    /// The store remembers at least that long.
    pub(super) fn retain(&self, retention: Retention) {
        let millis = u64::try_from(retention.cutoffs.as_millis()).unwrap_or(u64::MAX);
        self.remembers.fetch_max(millis, Ordering::Relaxed);
    }

    /// The moment, if what is at hand counts.
    fn alive(&self) -> Option<Moment> {
        self.ensure_tailing();
        let now = Moment::now(&*self.clock);
        if self.channel.is_alive(now) {
            return Some(now);
        }
        self.counts.stale();
        None
    }

    fn counted<T>(&self, at_hand: Option<T>) -> Option<T> {
        if at_hand.is_some() {
            self.counts.hit();
        } else {
            self.counts.miss();
        }
        at_hand
    }

    fn load_at_hand(&self, key: &SessionKey) -> Option<Stamped<Load>> {
        let now = self.alive()?;
        self.counted(self.sessions.get(key).and_then(|entry| {
            let at = self.time.at(now.monotonic).max(entry.at);
            let reply = entry.is_live(at, &self.strikes).then(|| Load::Live(Arc::clone(&entry.record)))?;
            Some(Stamped { at, reply })
        }))
    }

    fn coverage_at_hand(&self, of: ListenerOf<'_>, began: StoreTime) -> Option<Stamped<bool>> {
        let now = self.alive()?;
        let at = self.time.at(now.monotonic);
        let remembers = Duration::from_millis(self.remembers.load(Ordering::Relaxed));
        self.counted(if at < began.plus(remembers) {
            let reply = self.coverage.get(of, began, &self.strikes)?;
            Some(Stamped { at, reply })
        } else {
            None
        })
    }

    fn observed<T>(&self, reply: Stamped<T>) -> Stamped<T> {
        self.time.observe(reply.at, self.clock.monotonic());
        reply
    }

    /// Forgets the session when the call is over, however it ends: even a call whose reply is lost may have changed it.
    fn changing<'a>(&'a self, key: &'a SessionKey) -> Afterwards<impl FnMut() + 'a> {
        Afterwards(|| self.sessions.forget(key))
    }
}

/// Does something when it is dropped, as when its caller gives up.
struct Afterwards<F: FnMut()>(F);

impl<F: FnMut()> Drop for Afterwards<F> {
    fn drop(&mut self) {
        self.0();
    }
}

#[async_trait]
impl SessionStore for NearStore {
    /// Always the store's own: a moment that was estimated a little early would let a logout miss the login before it.
    async fn now(&self) -> Result<StoreTime, StoreError> {
        let now = self.store.now().await?;
        self.time.observe(now, self.clock.monotonic());
        Ok(now)
    }

    fn recent(&self) -> Option<StoreTime> {
        self.ensure_tailing();
        let now = Moment::now(&*self.clock);
        self.channel.is_alive(now).then(|| self.time.at(now.monotonic))
    }

    async fn check(&self) -> Result<(), StoreError> {
        self.store.check().await
    }

    async fn insert(
        &self,
        session: NewSession,
        ends: Option<SessionKey>,
    ) -> Result<Stamped<Insert>, StoreError> {
        let key = session.key;
        let _ended = Afterwards(|| ends.iter().for_each(|key| self.sessions.forget(key)));
        let (ticket, checked) = (self.sessions.ticket(&key), self.strikes.count());
        let inserted = self.observed(self.store.insert(session, ends).await?);
        if let Insert::Stored(record) = &inserted.reply {
            self.sessions.keep(ticket, record, inserted.at, checked);
        }
        Ok(inserted)
    }

    async fn load(&self, key: &SessionKey) -> Result<Stamped<Load>, StoreError> {
        if let Some(at_hand) = self.load_at_hand(key) {
            return Ok(at_hand);
        }
        let (ticket, checked) = (self.sessions.ticket(key), self.strikes.count());
        let loaded = self.observed(self.store.load(key).await?);
        match &loaded.reply {
            Load::Live(record) => self.sessions.keep(ticket, record, loaded.at, checked),
            Load::Gone(_) | Load::Absent => self.sessions.forget(key),
        }
        Ok(loaded)
    }

    async fn is_covered(
        &self,
        key: &SessionKey,
        scopes: &[Scope],
        began: StoreTime,
    ) -> Result<Stamped<bool>, StoreError> {
        let of = ListenerOf { key, scopes };
        if let Some(at_hand) = self.coverage_at_hand(of, began) {
            return Ok(at_hand);
        }
        let (ticket, checked) = (self.coverage.ticket(of), self.strikes.count());
        let covered = self.observed(self.store.is_covered(key, scopes, began).await?);
        self.coverage.keep(ticket, of, began, &covered, checked);
        Ok(covered)
    }

    async fn touch(&self, key: &SessionKey, idle: Duration) -> Result<Stamped<Touch>, StoreError> {
        let ticket = self.sessions.ticket(key);
        let touched = self.observed(self.store.touch(key, idle).await?);
        match touched.reply {
            Touch::Touched { idle_end } => self.sessions.touch(ticket, key, touched.at, idle_end),
            Touch::Gone(_) | Touch::Absent => self.sessions.forget(key),
        }
        Ok(touched)
    }

    async fn replace(
        &self,
        key: &SessionKey,
        version: u64,
        data: Bytes,
    ) -> Result<Stamped<Replace>, StoreError> {
        let _changed = self.changing(key);
        Ok(self.observed(self.store.replace(key, version, data).await?))
    }

    async fn lease(
        &self,
        key: &SessionKey,
        holder: &HolderId,
        ttl: Duration,
    ) -> Result<Stamped<Lease>, StoreError> {
        let _changed = self.changing(key);
        Ok(self.observed(self.store.lease(key, holder, ttl).await?))
    }

    async fn renew(
        &self,
        key: &SessionKey,
        holder: &HolderId,
        ttl: Duration,
    ) -> Result<Stamped<Renew>, StoreError> {
        let _changed = self.changing(key);
        Ok(self.observed(self.store.renew(key, holder, ttl).await?))
    }

    async fn release(&self, key: &SessionKey, holder: &HolderId) -> Result<Stamped<()>, StoreError> {
        let _changed = self.changing(key);
        Ok(self.observed(self.store.release(key, holder).await?))
    }

    async fn begin_attempt(
        &self,
        key: &SessionKey,
        holder: &HolderId,
        spent: &RefreshHash,
        limit: Duration,
    ) -> Result<Stamped<BeginAttempt>, StoreError> {
        let _changed = self.changing(key);
        Ok(self.observed(self.store.begin_attempt(key, holder, spent, limit).await?))
    }

    async fn commit_refresh(
        &self,
        key: &SessionKey,
        commit: CommitRefresh,
    ) -> Result<Stamped<Commit>, StoreError> {
        let _changed = self.changing(key);
        Ok(self.observed(self.store.commit_refresh(key, commit).await?))
    }

    async fn end_if(
        &self,
        key: &SessionKey,
        holder: &HolderId,
        refused: &RefreshHash,
    ) -> Result<Stamped<EndIf>, StoreError> {
        let _changed = self.changing(key);
        Ok(self.observed(self.store.end_if(key, holder, refused).await?))
    }

    async fn end(&self, key: &SessionKey) -> Result<Stamped<Ended>, StoreError> {
        let _changed = self.changing(key);
        Ok(self.observed(self.store.end(key).await?))
    }

    async fn revoke(&self, revocation: Revocation) -> Result<Stamped<Revoke>, StoreError> {
        let (scopes, spared) = (revocation.scopes.clone(), revocation.spare);
        // Until the store tells which moment counts, any might; whom it strikes too many is read once more.
        let cutoff = revocation.heard.unwrap_or(END_OF_TIME);
        let _struck = Afterwards(move || self.strikes.add(&scopes, cutoff, spared));
        Ok(self.observed(self.store.revoke(revocation).await?))
    }

    async fn sessions_of(&self, subject: &Scope) -> Result<Stamped<Vec<SessionSummary>>, StoreError> {
        Ok(self.observed(self.store.sessions_of(subject).await?))
    }

    async fn end_listed(&self, subject: &Scope, id: &PublicId) -> Result<Stamped<Ended>, StoreError> {
        // Under which key it was, the log tells in a moment. Until then, all sessions of its user are read again.
        let _ended = Afterwards(|| self.strikes.add(&[*subject], END_OF_TIME, None));
        Ok(self.observed(self.store.end_listed(subject, id).await?))
    }

    /// Whoever reads the log to wake others must not find them asleep here: what it tells is obeyed first.
    async fn changes(&self, from: ChangeCursor, patience: Duration) -> Result<Stamped<Changes>, StoreError> {
        let changes = self.observed(self.store.changes(from, patience).await?);
        match &changes.reply {
            Changes::Entries { .. } => self.obey(&changes.reply),
            Changes::Lagged { .. } => self.channel.lose(),
        }
        Ok(changes)
    }

    async fn reap(&self, limit: usize) -> Result<Stamped<Reaped>, StoreError> {
        Ok(self.observed(self.store.reap(limit).await?))
    }
}

const END_OF_TIME: StoreTime = StoreTime::from_millis(u64::MAX);

impl fmt::Debug for NearStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NearStore")
            .field("store", &self.store)
            .field("sessions", &self.sessions)
            .finish_non_exhaustive()
    }
}
