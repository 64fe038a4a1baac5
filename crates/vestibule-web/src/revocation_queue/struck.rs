use super::RevocationQueue;
use crate::store::{
    BeginAttempt, Commit, EndIf, GoneReason, Lease, Load, NotLive, Replace, SessionRecord, Stamped,
};

/// A reply of the store that may show a live session.
pub(crate) trait Shows: From<NotLive> {
    /// The session, if it does.
    fn shown(&self) -> Option<&SessionRecord>;
}

impl RevocationQueue {
    /// The reply as the store would make it if it knew of all that waits for it.
    pub(crate) fn judge<T: Shows>(&self, reply: Stamped<T>) -> Stamped<T> {
        if !self.is_empty() && reply.reply.shown().is_some_and(|record| self.covers_record(record)) {
            return Stamped { at: reply.at, reply: NotLive::Gone(GoneReason::Revoked).into() };
        }
        reply
    }
}

macro_rules! shows {
    ($($reply:ident: $($variant:ident),+;)+) => {
        $(impl Shows for $reply {
            fn shown(&self) -> Option<&SessionRecord> {
                match self {
                    $(Self::$variant(record))|+ => Some(record),
                    _ => None,
                }
            }
        })+
    };
}

shows! {
    BeginAttempt: Superseded;
    Commit: Committed, Superseded;
    EndIf: Superseded;
    Lease: Leased;
    Load: Live;
    Replace: Replaced, Conflict;
}
