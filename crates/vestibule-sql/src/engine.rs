use std::{fmt, future::Future, sync::Arc, time::Duration};

use tokio::sync::Notify;
use vestibule_web::store::{
    Change, ChangeCursor, Cutoff, GoneReason, LogoutId, NotLive, PublicId, Retention, Scope, SessionKey,
    SessionRecord, SessionSummary, Stamped, StoreError, StoreTime, Touch, transition,
};

use crate::error::Failure;

/// The rows of one realm in one database: what the verbs are made of.
pub(crate) trait Engine: fmt::Debug + Send + Sync + 'static {
    type Step: Step;

    /// Makes the tables, and the rows that a realm has, if they may be missing.
    fn ready(&self) -> impl Future<Output = Result<(), Failure>> + Send;

    /// They are missing after all.
    fn not_ready(&self);

    /// Begins a step that may write.
    fn begin(&self) -> impl Future<Output = Result<Self::Step, Failure>> + Send;

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

/// One transaction. It changes nothing unless it is committed.
pub(crate) trait Step: Send {
    /// When this step happens, and by which rules.
    fn sight(&mut self) -> impl Future<Output = Result<Sight, Failure>> + Send;

    /// Reads a record that nobody else changes until this step is over.
    fn find(&mut self, key: &SessionKey) -> impl Future<Output = Result<Found, Failure>> + Send;

    /// Whether there is a record, live or not.
    fn exists(&mut self, key: &SessionKey) -> impl Future<Output = Result<bool, Failure>> + Send;

    /// Whether a cutoff of one of the scopes covers the session.
    fn covers(
        &mut self,
        key: &SessionKey,
        scopes: &[Scope],
        began: StoreTime,
    ) -> impl Future<Output = Result<bool, Failure>> + Send;

    /// The keys of a subject's records of this public name.
    fn listed(
        &mut self,
        subject: &Scope,
        id: &PublicId,
    ) -> impl Future<Output = Result<Vec<SessionKey>, Failure>> + Send;

    /// Answers `false` if the key is taken.
    fn insert(&mut self, record: &SessionRecord) -> impl Future<Output = Result<bool, Failure>> + Send;

    /// Stores the lease and the attempts of a record.
    fn update_lease(&mut self, record: &SessionRecord) -> impl Future<Output = Result<(), Failure>> + Send;

    /// Stores everything in a record that may change, but its lifetimes.
    fn update(&mut self, record: &SessionRecord) -> impl Future<Output = Result<(), Failure>> + Send;

    fn delete(&mut self, key: &SessionKey) -> impl Future<Output = Result<(), Failure>> + Send;

    /// Lets no other logout be entered until this step is over.
    fn lock_ledger(&mut self) -> impl Future<Output = Result<(), Failure>> + Send;

    /// When a logout token was spent.
    fn spent(&mut self, logout: &LogoutId)
    -> impl Future<Output = Result<Option<StoreTime>, Failure>> + Send;

    fn spend(&mut self, logout: &LogoutId, at: StoreTime)
    -> impl Future<Output = Result<(), Failure>> + Send;

    /// The cutoffs of those scopes that were ever struck.
    fn cutoffs(
        &mut self,
        scopes: &[Scope],
    ) -> impl Future<Output = Result<Vec<(Scope, Cutoff)>, Failure>> + Send;

    /// Stores cutoffs in the place of those that were there.
    fn strike(&mut self, cutoffs: &[(Scope, Cutoff)]) -> impl Future<Output = Result<(), Failure>> + Send;

    /// Appends to the log. To be called last: from here on other steps that do so wait.
    fn tell(&mut self, change: &Change) -> impl Future<Output = Result<(), Failure>> + Send;

    fn commit(self) -> impl Future<Output = Result<(), Failure>> + Send;
}

/// The moment of a step, and the rules that hold in it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Sight {
    pub(crate) at: StoreTime,
    pub(crate) birth: StoreTime,
    pub(crate) retention: Retention,
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
