use super::{BeginAttempt, Commit, EndIf, Ended, GoneReason, Lease, Load, Renew, Replace, Touch};

/// Why a verb found no live session. Becomes the reply of any verb that needs one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotLive {
    /// The session has ended.
    Gone(GoneReason),
    /// Nothing under that key.
    Absent,
}

macro_rules! into_reply {
    ($($reply:ident),+) => {
        $(impl From<NotLive> for $reply {
            fn from(not_live: NotLive) -> Self {
                match not_live {
                    NotLive::Gone(reason) => Self::Gone(reason),
                    NotLive::Absent => Self::Absent,
                }
            }
        })+
    };
}

into_reply!(BeginAttempt, Commit, EndIf, Lease, Load, Renew, Replace, Touch);

impl From<NotLive> for Ended {
    fn from(_: NotLive) -> Self {
        Self::Absent
    }
}
