use std::time::Duration;

use super::{LogoutId, Scope, SessionKey, StoreTime};

/// A logout to be made true.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Revocation {
    /// Whom it strikes.
    pub scopes: Vec<Scope>,
    /// When it was first heard, in store time; `None` for "now". A moment ahead of the store's time counts as now.
    pub heard: Option<StoreTime>,
    /// The logout token behind it, to be marked as spent.
    pub logout: Option<LogoutId>,
    /// The one session that stays ("end all others").
    pub spare: Option<SessionKey>,
}

/// What [`revoke`](super::SessionStore::revoke) did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Revoke {
    /// Every session that listens to one of the scopes and began at or before this moment has ended.
    Revoked {
        /// The moment that counts.
        cutoff: StoreTime,
    },
    /// That logout token was spent before. Nothing changed.
    Replayed,
}

/// How long a store must remember, beyond the sessions themselves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Retention {
    /// For cutoffs: the longest absolute lifetime, and the longest life of a pending login, and ten minutes.
    ///
    /// No session lives longer than this after its login began, so that none can outlive a cutoff that covers it.
    /// A realm that was opened with several retentions keeps to the longest.
    pub cutoffs: Duration,
    /// For the ids of spent logout tokens: longer than any logout token is accepted.
    pub logout_ids: Duration,
}

/// What [`reap`](super::SessionStore::reap) did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reaped {
    /// How many records and marks were deleted.
    pub removed: usize,
    /// Whether there may be more to delete.
    pub more: bool,
}
