use std::{fmt, sync::Arc};

use bytes::Bytes;

use super::{GoneReason, HolderId, RefreshHash, Scope, SessionRecord, StoreTime};

/// Who may refresh a session's tokens, and until when.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LeaseHolder {
    /// The holder.
    pub holder: HolderId,
    /// When the lease runs out.
    pub until: StoreTime,
}

/// A refresh call that was about to be sent and whose outcome is not known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Attempt {
    /// Who sends it.
    pub holder: HolderId,
    /// Which refresh token it spends.
    pub spent: RefreshHash,
    /// Until when its outcome may still arrive.
    pub open_until: StoreTime,
}

/// What [`lease`](super::SessionStore::lease) did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Lease {
    /// The lease is the caller's; the record as it stands, to check again whether a refresh is still due.
    Leased(Arc<SessionRecord>),
    /// Another holder has it.
    Held {
        /// When that lease runs out.
        until: StoreTime,
    },
    /// A session that has ended.
    Gone(GoneReason),
    /// Nothing under that key.
    Absent,
}

/// What [`renew`](super::SessionStore::renew) did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Renew {
    /// Extended.
    Renewed {
        /// When the lease now runs out.
        until: StoreTime,
    },
    /// The lease is no longer the caller's.
    Lost,
    /// A session that has ended.
    Gone(GoneReason),
    /// Nothing under that key.
    Absent,
}

/// What [`begin_attempt`](super::SessionStore::begin_attempt) did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BeginAttempt {
    /// Recorded: the call may be sent.
    Begun {
        /// Whether another holder spent the same token before and never told the outcome.
        repeats: bool,
    },
    /// The lease is no longer the caller's. Nothing was recorded.
    Lost,
    /// The record holds another refresh token by now.
    Superseded(Arc<SessionRecord>),
    /// A session that has ended.
    Gone(GoneReason),
    /// Nothing under that key.
    Absent,
}

/// The outcome of a refresh, to be stored.
#[derive(Clone)]
pub struct CommitRefresh {
    /// Who made the call.
    pub holder: HolderId,
    /// The refresh token that was spent.
    pub spent: RefreshHash,
    /// Identity and tokens after the refresh.
    pub grant: Bytes,
    /// The refresh token inside `grant`.
    pub refresh: Option<RefreshHash>,
    /// Scopes to listen to from now on, beside those it has.
    pub listen: Vec<Scope>,
}

impl fmt::Debug for CommitRefresh {
    /// Leaves out the new tokens.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CommitRefresh")
            .field("holder", &self.holder)
            .field("spent", &self.spent)
            .finish_non_exhaustive()
    }
}

/// What [`commit_refresh`](super::SessionStore::commit_refresh) did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Commit {
    /// Stored; the record as it now stands.
    Committed(Arc<SessionRecord>),
    /// Another holder committed first; the record as it stands. Nothing changed.
    Superseded(Arc<SessionRecord>),
    /// A session that has ended, at the latest by what it would listen to now. The new tokens were not kept.
    Gone(GoneReason),
    /// Nothing under that key.
    Absent,
}

/// What [`end_if`](super::SessionStore::end_if) did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EndIf {
    /// The session has ended.
    Ended {
        /// Whether another attempt had spent the same token without ever telling its outcome.
        uncertain: bool,
    },
    /// The record holds another refresh token by now: use that one.
    Superseded(Arc<SessionRecord>),
    /// Another attempt may still bring a success; ask again after this moment.
    Open {
        /// When that attempt is given up.
        until: StoreTime,
    },
    /// A session that had ended before.
    Gone(GoneReason),
    /// Nothing under that key.
    Absent,
}
