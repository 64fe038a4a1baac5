use crate::store::{Change, LogoutId, Retention, Revocation, Revoke, Scope, SessionKey, StoreTime};

/// Every logout that the model ever heard of, and every logout token.
#[derive(Debug)]
pub(super) struct Heard {
    retention: Retention,
    logouts: Vec<(Scope, StoreTime, Option<SessionKey>)>,
    spent: Vec<(LogoutId, StoreTime)>,
}

impl Heard {
    pub(super) fn new(retention: Retention) -> Self {
        Self { retention, logouts: Vec::new(), spent: Vec::new() }
    }

    /// Hears one more. Answers what a log must tell of it, if that is anything new.
    pub(super) fn revoke(&mut self, revocation: Revocation, now: StoreTime) -> (Revoke, Option<Change>) {
        let Revocation { mut scopes, heard, logout, spare } = revocation;
        let remembered = |(id, at): &(LogoutId, StoreTime)| {
            Some(*id) == logout && now < at.plus(self.retention.logout_ids)
        };
        if self.spent.iter().any(remembered) {
            return (Revoke::Replayed, None);
        }
        let cutoff = heard.unwrap_or(now).min(now);
        scopes.sort();
        scopes.dedup();
        let news = scopes.iter().any(|scope| !self.says_nothing_new(*scope, cutoff, spare));
        self.logouts.extend(scopes.iter().map(|scope| (*scope, cutoff, spare)));
        self.spent.extend(logout.map(|logout| (logout, now)));
        (Revoke::Revoked { cutoff }, news.then_some(Change::Revoked { scopes, cutoff, spared: spare }))
    }

    pub(super) fn struck(&self, scope: Scope, key: SessionKey, began: StoreTime) -> bool {
        self.logouts
            .iter()
            .any(|(struck, at, spared)| *struck == scope && began <= *at && *spared != Some(key))
    }

    /// Whether every session that this logout strikes, real or imagined, was struck before.
    fn says_nothing_new(&self, scope: Scope, cutoff: StoreTime, spare: Option<SessionKey>) -> bool {
        let named = self.logouts.iter().filter_map(|(_, _, spared)| *spared);
        let anybody = SessionKey::from_bytes([0xff; 32]);
        named.chain([anybody]).filter(|key| Some(*key) != spare).all(|key| self.struck(scope, key, cutoff))
    }
}
