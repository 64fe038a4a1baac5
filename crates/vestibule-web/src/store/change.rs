use super::{Scope, SessionKey, StoreTime};

/// A place in the log of ends and revocations.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct ChangeCursor(u64);

impl ChangeCursor {
    /// Before the first entry that the log still has.
    pub const START: Self = Self(0);

    /// The place after `count` entries, as the store counts them.
    pub const fn from_position(count: u64) -> Self {
        Self(count)
    }

    /// The position, for a store to compare.
    pub const fn position(self) -> u64 {
        self.0
    }
}

/// One entry of the log.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Change {
    /// A session ended.
    Ended(SessionKey),
    /// A logout struck these scopes.
    Revoked {
        /// Whom it struck.
        scopes: Vec<Scope>,
        /// Sessions that began at or before this moment have ended.
        cutoff: StoreTime,
        /// The one session that stayed.
        spared: Option<SessionKey>,
    },
}

/// What [`changes`](super::SessionStore::changes) found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Changes {
    /// The entries since, oldest first; none when patience ran out.
    Entries {
        /// The entries.
        entries: Vec<Change>,
        /// Where to go on.
        next: ChangeCursor,
    },
    /// The log no longer reaches back that far: forget everything cached and go on from here.
    Lagged {
        /// Where to go on.
        next: ChangeCursor,
    },
}
