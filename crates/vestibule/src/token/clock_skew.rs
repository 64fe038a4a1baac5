use std::time::Duration;

use super::claims::Claims;
use crate::ProviderTime;

/// How far the issuer's clock seems to be off ours (checklist H11).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ClockSkew {
    Ahead(Duration),
    Behind(Duration),
}

/// Times in tokens are whole seconds, and clocks that are kept right agree to less than one.
const AHEAD: Duration = Duration::from_secs(2);

/// A token that was made for this very exchange is no older than a slow answer.
const BEHIND: Duration = Duration::from_secs(30);

impl ClockSkew {
    /// What the times of a token tell that the issuer has signed. Only one that was `just_made` tells of a clock that is
    /// behind: any other may simply be old.
    pub(crate) fn suspected(claims: &Claims, now: ProviderTime, just_made: bool) -> Option<Self> {
        let time = |claim| claims.time(claim).ok().flatten();
        let issued_at = time("iat");
        let ahead = issued_at.max(time("nbf")).map_or(Duration::ZERO, |start| start.since(now));
        let age = issued_at.map_or(Duration::ZERO, |issued_at| now.since(issued_at));
        if ahead > AHEAD {
            Some(Self::Ahead(ahead))
        } else {
            (just_made && age > BEHIND).then_some(Self::Behind(age))
        }
    }
}
