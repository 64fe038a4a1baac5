//! What a session store promises: the published contract behind every engine.
//!
//! The store is the one place where all nodes of an application meet. It has *verbs*, each one atomic step, and no
//! get/put: whatever could race is decided inside the store, on the store's clock.
//!
//! One rule decides whether a session is live. A logout is an event with a moment, its *cutoff*:
//!
//! ```text
//! covered  ⇔  began < birth of the store  ∨  ∃ scope of the session: began ≤ cutoff[scope]
//! live     ⇔  the record exists, is within its lifetimes, and is not covered
//! ```
//!
//! Deleting records is housekeeping ([`SessionStore::reap`]); no promise rests on it.

mod change;
mod clock;
mod cutoff;
mod error;
mod estimate;
mod key;
mod latest;
mod no_store;
mod node_store;
mod not_live;
mod record;
mod refresh;
mod revocation;
mod scope;
mod time;
pub mod transition;

use std::{fmt, sync::Arc, time::Duration};

use async_trait::async_trait;
use bytes::Bytes;

pub use change::{Change, ChangeCursor, Changes};
pub use clock::StoreClock;
pub use cutoff::{Cutoff, Spared};
pub use error::StoreError;
pub use estimate::StoreTimeEstimate;
pub use key::{HolderId, LogoutId, PublicId, RefreshHash, SessionKey};
pub(crate) use latest::LatestStoreTime;
pub(crate) use no_store::NoStore;
pub(crate) use node_store::{Heard, NodeStore};
pub use not_live::NotLive;
pub use record::{
    Ended, GoneReason, Insert, Load, NewSession, Replace, SessionRecord, SessionSummary, Touch,
};
pub use refresh::{Attempt, BeginAttempt, Commit, CommitRefresh, EndIf, Lease, LeaseHolder, Renew};
pub use revocation::{Reaped, Retention, Revocation, Revoke};
pub use scope::{Realm, Scope};
pub use time::StoreTime;

/// An engine that keeps sessions for any number of applications, each apart from the others.
pub trait StoreBackend: fmt::Debug + Send + Sync + 'static {
    /// The store of one (issuer, client). Opening the same realm again gives the same sessions.
    fn open(&self, realm: &Realm, retention: Retention) -> Arc<dyn SessionStore>;
}

/// An engine that was chosen at run time.
impl<B: StoreBackend + ?Sized> StoreBackend for Arc<B> {
    fn open(&self, realm: &Realm, retention: Retention) -> Arc<dyn SessionStore> {
        (**self).open(realm, retention)
    }
}

/// A reply of the store with the store's own time at which it was made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stamped<T> {
    /// Store time of the reply. Nodes estimate *now* from it.
    pub at: StoreTime,
    /// The reply itself.
    pub reply: T,
}

/// The sessions of one realm. Every verb is one atomic step.
///
/// An error means that the outcome is unknown or that nothing happened; it never means "no such session".
#[async_trait]
pub trait SessionStore: fmt::Debug + Send + Sync + 'static {
    /// The store's time. Cheap; also shows that the store answers.
    async fn now(&self) -> Result<StoreTime, StoreError>;

    /// The store's time as it is known here without a call, if it is: behind by no more than a reply travels. A moment that
    /// must not be early is asked for with [`now`](Self::now). Default: `None`.
    fn recent(&self) -> Option<StoreTime> {
        None
    }

    /// Whether the engine is set up so that it can keep its promises (for example, never evicts).
    async fn check(&self) -> Result<(), StoreError>;

    /// Stores a new session under a new key and, in the same step, ends the browser's old session `ends`.
    ///
    /// [`Insert::Refused`] when the login was already covered by a logout, is older than the store, or is so old that a
    /// logout covering it may have been forgotten; `ends` is ended all the same.
    /// [`Insert::Occupied`] when the key exists; nothing changes then.
    async fn insert(
        &self,
        session: NewSession,
        ends: Option<SessionKey>,
    ) -> Result<Stamped<Insert>, StoreError>;

    /// Reads a record together with its cutoffs, in one step and never from a replica.
    async fn load(&self, key: &SessionKey) -> Result<Stamped<Load>, StoreError>;

    /// Whether a session that is not kept here, but sealed in its cookie, has ended: by a logout of one of `scopes`, by being
    /// older than the store, or by being so old that a logout covering it may have been forgotten.
    ///
    /// `began` is as for [`insert`](Self::insert), `key` as for [`Revocation::spare`]. One step, never from a replica.
    async fn is_covered(
        &self,
        key: &SessionKey,
        scopes: &[Scope],
        began: StoreTime,
    ) -> Result<Stamped<bool>, StoreError>;

    /// Moves the idle end to `idle` from now, never back, never past the absolute end. Keeps the version; never creates.
    async fn touch(&self, key: &SessionKey, idle: Duration) -> Result<Stamped<Touch>, StoreError>;

    /// Replaces the application's data if `version` is still the record's.
    async fn replace(
        &self,
        key: &SessionKey,
        version: u64,
        data: Bytes,
    ) -> Result<Stamped<Replace>, StoreError>;

    /// Takes the refresh lease for `ttl`, unless another holder has it. Taking it again as the holder renews it.
    async fn lease(
        &self,
        key: &SessionKey,
        holder: &HolderId,
        ttl: Duration,
    ) -> Result<Stamped<Lease>, StoreError>;

    /// Lets the lease end `ttl` from now, if `holder` still has it. With a `ttl` of zero it ends at once.
    async fn renew(
        &self,
        key: &SessionKey,
        holder: &HolderId,
        ttl: Duration,
    ) -> Result<Stamped<Renew>, StoreError>;

    /// Gives the lease back and closes the holder's own attempt, after a call that changed nothing at the provider.
    async fn release(&self, key: &SessionKey, holder: &HolderId) -> Result<Stamped<()>, StoreError>;

    /// Records, *before* the call is sent, that `holder` is about to spend the refresh token `spent`.
    ///
    /// Only the holder of a lease that has not run out may. Whether `spent` is still the record's token is asked first.
    /// The attempt stays open until it is committed, released, or `limit` has passed on the store's clock. It takes the
    /// place of an earlier one of this holder; with a `limit` of zero it is one that was given up.
    async fn begin_attempt(
        &self,
        key: &SessionKey,
        holder: &HolderId,
        spent: &RefreshHash,
        limit: Duration,
    ) -> Result<Stamped<BeginAttempt>, StoreError>;

    /// Stores the outcome of a refresh.
    ///
    /// Accepted if and only if the record still holds the refresh token that was spent and is live — even after the
    /// lease has run out. Closes every attempt and the lease. A session that thereby comes to listen to a scope that was
    /// struck ends in the same step, with [`Commit::Gone`].
    async fn commit_refresh(
        &self,
        key: &SessionKey,
        commit: CommitRefresh,
    ) -> Result<Stamped<Commit>, StoreError>;

    /// After `invalid_grant`: ends the session only if `refused` is still the record's refresh token and no attempt of
    /// *another* holder to spend it is open.
    async fn end_if(
        &self,
        key: &SessionKey,
        holder: &HolderId,
        refused: &RefreshHash,
    ) -> Result<Stamped<EndIf>, StoreError>;

    /// Ends one session (local logout). Nothing is under its key afterwards.
    async fn end(&self, key: &SessionKey) -> Result<Stamped<Ended>, StoreError>;

    /// Ends every session that listens to one of the scopes and began at or before the moment the logout was heard.
    ///
    /// Constant cost, however many sessions that strikes: the cutoffs are merged by maximum, then the logout's id is
    /// marked as spent, in one step. Repeating a revocation with the same first-heard moment changes nothing.
    /// The session in `spare` is left alone by this logout only: any other that strikes it, heard earlier or later and
    /// arriving in any order, still ends it. [`Cutoff`] is the rule.
    async fn revoke(&self, revocation: Revocation) -> Result<Stamped<Revoke>, StoreError>;

    /// The live sessions of a subject, oldest first, without their keys.
    async fn sessions_of(&self, subject: &Scope) -> Result<Stamped<Vec<SessionSummary>>, StoreError>;

    /// Ends the session that a list shows as `id`, if it belongs to `subject`.
    async fn end_listed(&self, subject: &Scope, id: &PublicId) -> Result<Stamped<Ended>, StoreError>;

    /// The ends, revocations and replacements after `from`: at once if there are some, else as soon as there are, within
    /// `patience`. The reply has everything that had happened when the call was made, up to [`Changes::MOST`] entries.
    async fn changes(&self, from: ChangeCursor, patience: Duration) -> Result<Stamped<Changes>, StoreError>;

    /// Deletes up to `limit` records and marks that no longer matter. What was live stays live, what was not stays not.
    async fn reap(&self, limit: usize) -> Result<Stamped<Reaped>, StoreError>;
}
