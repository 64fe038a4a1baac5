use super::{Scope, SessionKey, StoreTime};

/// A place in the log of ends, revocations and replacements.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct ChangeCursor(u64);

impl ChangeCursor {
    /// Before the first entry ever. A log that no longer reaches back that far answers [`Changes::Lagged`].
    pub const START: Self = Self(0);

    /// After the last entry that there will ever be: always answered with [`Changes::Lagged`], which tells where the log
    /// ends now.
    pub const BEYOND: Self = Self(u64::MAX);

    /// The place after `count` entries, as the store counts them.
    ///
    /// A store that may come back empty counts on from a number that it never reached before (for example the moment
    /// of its birth), so that an old cursor lags instead of missing entries.
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
    /// The data or the tokens of a session were replaced. What a lease, an attempt or a touch changes is not told.
    Replaced(SessionKey),
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
    /// The log does not reach that far, back or ahead: forget everything cached and go on from here.
    Lagged {
        /// Where to go on.
        next: ChangeCursor,
    },
}

impl Changes {
    /// How many entries a reply has at most. One that has as many may have been cut there; any other has all that had
    /// happened when the call was made.
    pub const MOST: usize = 1024;
}
