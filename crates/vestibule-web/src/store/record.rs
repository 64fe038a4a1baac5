use std::{fmt, sync::Arc, time::Duration};

use bytes::Bytes;

use super::{Attempt, LeaseHolder, PublicId, RefreshHash, Scope, SessionKey, StoreTime};

/// A session about to be stored.
#[derive(Clone)]
pub struct NewSession {
    /// Under which key.
    pub key: SessionKey,
    /// How lists name it.
    pub public_id: PublicId,
    /// The scope of its subject: whose lists it appears in. Also one of `scopes`.
    pub subject: Scope,
    /// Everything it listens to.
    pub scopes: Vec<Scope>,
    /// When its login *started*, in store time, as sealed into the pending-login cookie. A moment ahead of the store's time
    /// counts as now.
    pub began: StoreTime,
    /// How long it may lie unused.
    pub idle: Duration,
    /// How long it lives at most, from now; cut short where it would outlive [`Retention::cutoffs`](super::Retention).
    pub absolute: Duration,
    /// What a list shows about it (browser, address), opaque to the store.
    pub label: Bytes,
    /// Identity and tokens, opaque and versioned by the engine, tokens sealed.
    pub grant: Bytes,
    /// The hash of the refresh token inside `grant`.
    pub refresh: Option<RefreshHash>,
    /// The application's own data, opaque.
    pub data: Bytes,
}

impl fmt::Debug for NewSession {
    /// Leaves out what it says about the user.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NewSession")
            .field("key", &self.key)
            .field("began", &self.began)
            .finish_non_exhaustive()
    }
}

/// A session as it is stored.
#[derive(Clone, PartialEq, Eq)]
pub struct SessionRecord {
    /// Under which key.
    pub key: SessionKey,
    /// How lists name it.
    pub public_id: PublicId,
    /// The scope of its subject.
    pub subject: Scope,
    /// Everything it listens to. A refresh may add a `sid`; nothing is ever removed.
    pub scopes: Vec<Scope>,
    /// When its login started. Never moves.
    pub began: StoreTime,
    /// When it was stored.
    pub created: StoreTime,
    /// When it was last touched.
    pub last_seen: StoreTime,
    /// When it ends unless it is touched.
    pub idle_end: StoreTime,
    /// When it ends in any case. Never moves.
    pub absolute_end: StoreTime,
    /// What a list shows about it.
    pub label: Bytes,
    /// Identity and tokens, opaque.
    pub grant: Bytes,
    /// The hash of the refresh token inside `grant`.
    pub refresh: Option<RefreshHash>,
    /// Counts the committed refreshes.
    pub grant_version: u64,
    /// The application's own data, opaque.
    pub data: Bytes,
    /// Counts the replacements of `data`.
    pub version: u64,
    /// Who may refresh at present.
    pub lease: Option<LeaseHolder>,
    /// Refresh calls whose outcome is not known yet.
    pub attempts: Vec<Attempt>,
}

impl fmt::Debug for SessionRecord {
    /// Leaves out what it says about the user.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SessionRecord")
            .field("key", &self.key)
            .field("began", &self.began)
            .field("idle_end", &self.idle_end)
            .field("absolute_end", &self.absolute_end)
            .field("grant_version", &self.grant_version)
            .field("version", &self.version)
            .field("lease", &self.lease)
            .field("attempts", &self.attempts)
            .finish_non_exhaustive()
    }
}

/// Why a session that was known is no longer live.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum GoneReason {
    /// A logout covers it.
    Revoked,
    /// It was not used for too long.
    Idle,
    /// It reached its absolute end.
    Expired,
}

/// What [`insert`](super::SessionStore::insert) did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Insert {
    /// Stored.
    Stored(Arc<SessionRecord>),
    /// A logout that was heard after this login began covers it, or may have. Nothing was stored.
    Refused,
    /// The key is taken. Nothing was stored and nothing ended.
    Occupied,
}

/// What [`load`](super::SessionStore::load) found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Load {
    /// A live session.
    Live(Arc<SessionRecord>),
    /// A session that has ended.
    Gone(GoneReason),
    /// Nothing under that key.
    Absent,
}

/// What [`touch`](super::SessionStore::touch) did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Touch {
    /// The idle end as it now stands.
    Touched {
        /// When the session ends unless it is touched again.
        idle_end: StoreTime,
    },
    /// A session that has ended.
    Gone(GoneReason),
    /// Nothing under that key.
    Absent,
}

/// What [`replace`](super::SessionStore::replace) did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Replace {
    /// Replaced; the record as it now stands.
    Replaced(Arc<SessionRecord>),
    /// Somebody replaced it before; the record as it stands. Nothing changed.
    Conflict(Arc<SessionRecord>),
    /// A session that has ended.
    Gone(GoneReason),
    /// Nothing under that key.
    Absent,
}

/// Whether a live session was ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended {
    /// It was live until now.
    Ended,
    /// There was no live session to end.
    Absent,
}

/// A session as its own user may see it in a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SessionSummary {
    /// Its name in the list.
    pub id: PublicId,
    /// When it was stored.
    pub created: StoreTime,
    /// When it was last touched.
    pub last_seen: StoreTime,
    /// When it ends in any case.
    pub absolute_end: StoreTime,
    /// What the application noted about it at login.
    pub label: Bytes,
}
