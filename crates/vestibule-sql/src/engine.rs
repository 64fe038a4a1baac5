use std::{fmt, future::Future, sync::Arc, time::Duration};

use tokio::sync::Notify;
use vestibule_web::store::{
    Change, ChangeCursor, GoneReason, Insert, NewSession, NotLive, PublicId, Revocation, Revoke, Scope,
    SessionKey, SessionRecord, SessionSummary, Stamped, StoreError, StoreTime, Touch, transition,
};

use crate::error::Failure;

/// The rows of one realm in one database: what the verbs are made of.
pub(crate) trait Engine: fmt::Debug + Send + Sync + 'static {
    /// Makes the tables, and the rows that a realm has, if they may be missing.
    fn ready(&self) -> impl Future<Output = Result<(), Failure>> + Send;

    /// They are missing after all.
    fn not_ready(&self);

    fn now(&self) -> impl Future<Output = Result<StoreTime, Failure>> + Send;

    fn check(&self) -> impl Future<Output = Result<(), StoreError>> + Send;

    /// Reads one record as one step.
    fn load(&self, key: &SessionKey) -> impl Future<Output = Result<Found, Failure>> + Send;

    /// Whether a logout covers a session that is not stored, or it is too old to tell.
    fn is_covered(
        &self,
        key: &SessionKey,
        scopes: &[Scope],
        began: StoreTime,
    ) -> impl Future<Output = Result<Stamped<bool>, Failure>> + Send;

    fn touch(
        &self,
        key: &SessionKey,
        idle: Duration,
    ) -> impl Future<Output = Result<Stamped<Touch>, Failure>> + Send;

    /// Stores a new session, and ends another one, as one step.
    fn insert(
        &self,
        session: NewSession,
        ends: Option<SessionKey>,
    ) -> impl Future<Output = Result<Stamped<Insert>, Failure>> + Send;

    /// Decides what becomes of a live record, and lets it become that, as one step.
    fn change<R: From<NotLive> + Send>(
        &self,
        key: &SessionKey,
        decide: impl Fn(Arc<SessionRecord>, StoreTime) -> (R, Fate) + Send + Sync,
    ) -> impl Future<Output = Result<Stamped<R>, Failure>> + Send;

    /// Enters a logout as one step. What that costs depends on the number of scopes alone: it looks at no session.
    fn revoke(&self, revocation: Revocation)
    -> impl Future<Output = Result<Stamped<Revoke>, Failure>> + Send;

    /// The keys of a subject's records of this public name.
    fn listed(
        &self,
        subject: &Scope,
        id: &PublicId,
    ) -> impl Future<Output = Result<Vec<SessionKey>, Failure>> + Send;

    /// The live sessions of a subject, oldest first.
    fn sessions_of(
        &self,
        subject: &Scope,
    ) -> impl Future<Output = Result<Stamped<Vec<SessionSummary>>, Failure>> + Send;

    /// The log after a place.
    fn log_after(&self, from: ChangeCursor) -> impl Future<Output = Result<Stamped<Told>, Failure>> + Send;

    /// Who is woken when the log may have grown.
    fn news(&self) -> &Notify;

    /// How long a wait for news may be trusted.
    fn glance(&self) -> Duration;

    /// Deletes up to `limit` rows that no longer matter, in one step. Fewer means that there are no more.
    fn reap(&self, limit: u32) -> impl Future<Output = Result<Stamped<u32>, Failure>> + Send;
}

/// What becomes of a live record.
#[derive(Debug)]
pub(crate) enum Fate {
    Stays,
    /// Its lease and its attempts are these now.
    Leased(Arc<SessionRecord>),
    /// All that may change in it, but its lifetimes, is this now, which is told. If a logout covers what it listens to now,
    /// it ends instead.
    Replaced(Arc<SessionRecord>),
    /// It ends, which is told.
    Ends,
}

/// What is under a key.
#[derive(Debug)]
pub(crate) struct Found {
    pub(crate) at: StoreTime,
    pub(crate) stored: Option<Stored>,
}

/// A record, and whether a logout covers it or it is older than the store.
#[derive(Debug)]
pub(crate) struct Stored {
    pub(crate) record: Arc<SessionRecord>,
    pub(crate) covered: bool,
}

impl Found {
    /// The record, if it is live.
    pub(crate) fn live(self) -> Result<Arc<SessionRecord>, NotLive> {
        let Stored { record, covered } = self.stored.ok_or(NotLive::Absent)?;
        let over = if covered { Some(GoneReason::Revoked) } else { transition::lapsed(&record, self.at) };
        over.map_or(Ok(record), |reason| Err(NotLive::Gone(reason)))
    }
}

/// The end of the log, and its entries after some place, of which the first is numbered.
#[derive(Debug)]
pub(crate) struct Told {
    pub(crate) end: u64,
    pub(crate) first: u64,
    pub(crate) entries: Vec<Change>,
}
