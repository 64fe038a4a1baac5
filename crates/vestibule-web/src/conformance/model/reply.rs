use std::{fmt, sync::Arc};

use crate::store::{
    BeginAttempt, Commit, EndIf, Ended, Insert, Lease, Load, Renew, Replace, Revoke, SessionRecord,
    SessionSummary, Touch,
};

/// What came of it, as far as two stores that keep their promises must agree.
#[derive(Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "each is named as the verb")]
pub enum Reply {
    Insert(Insert),
    Load(Load),
    Touch(Touch),
    Replace(Replace),
    Lease(Lease),
    Renew(Renew),
    BeginAttempt(BeginAttempt),
    Commit(Commit),
    EndIf(EndIf),
    Ended(Ended),
    Revoke(Revoke),
    Listed(Vec<SessionSummary>),
    Done,
}

impl Reply {
    /// Without what a store may do one way or the other: to show or to have deleted what has ended, and to remember
    /// attempts that were given up.
    pub fn essence(self) -> Self {
        let record = |mut record: Arc<SessionRecord>| {
            Arc::make_mut(&mut record).attempts.clear();
            record
        };
        match self {
            Self::Insert(Insert::Stored(it)) => Self::Insert(Insert::Stored(record(it))),
            Self::Load(Load::Live(it)) => Self::Load(Load::Live(record(it))),
            Self::Load(Load::Gone(_)) => Self::Load(Load::Absent),
            Self::Touch(Touch::Gone(_)) => Self::Touch(Touch::Absent),
            Self::Replace(Replace::Replaced(it)) => Self::Replace(Replace::Replaced(record(it))),
            Self::Replace(Replace::Conflict(it)) => Self::Replace(Replace::Conflict(record(it))),
            Self::Replace(Replace::Gone(_)) => Self::Replace(Replace::Absent),
            Self::Lease(Lease::Leased(it)) => Self::Lease(Lease::Leased(record(it))),
            Self::Lease(Lease::Gone(_)) => Self::Lease(Lease::Absent),
            Self::Renew(Renew::Gone(_)) => Self::Renew(Renew::Absent),
            Self::BeginAttempt(BeginAttempt::Superseded(it)) => {
                Self::BeginAttempt(BeginAttempt::Superseded(record(it)))
            }
            Self::BeginAttempt(BeginAttempt::Gone(_)) => Self::BeginAttempt(BeginAttempt::Absent),
            Self::Commit(Commit::Committed(it)) => Self::Commit(Commit::Committed(record(it))),
            Self::Commit(Commit::Superseded(it)) => Self::Commit(Commit::Superseded(record(it))),
            Self::Commit(Commit::Gone(_)) => Self::Commit(Commit::Absent),
            Self::EndIf(EndIf::Superseded(it)) => Self::EndIf(EndIf::Superseded(record(it))),
            Self::EndIf(EndIf::Gone(_)) => Self::EndIf(EndIf::Absent),
            same => same,
        }
    }
}

impl fmt::Debug for Reply {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Insert(it) => it.fmt(f),
            Self::Load(it) => it.fmt(f),
            Self::Touch(it) => it.fmt(f),
            Self::Replace(it) => it.fmt(f),
            Self::Lease(it) => it.fmt(f),
            Self::Renew(it) => it.fmt(f),
            Self::BeginAttempt(it) => it.fmt(f),
            Self::Commit(it) => it.fmt(f),
            Self::EndIf(it) => it.fmt(f),
            Self::Ended(it) => it.fmt(f),
            Self::Revoke(it) => it.fmt(f),
            Self::Listed(it) => it.fmt(f),
            Self::Done => f.write_str("Done"),
        }
    }
}
