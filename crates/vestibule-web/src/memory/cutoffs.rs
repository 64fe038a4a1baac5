use std::time::Duration;

use crate::{
    digest::DigestMap,
    store::{Cutoff, Scope, SessionKey, StoreTime},
};

use super::deadlines::Deadlines;

/// The cutoff of every scope that was struck and may still matter.
#[derive(Debug, Default)]
pub(super) struct Cutoffs {
    by_scope: DigestMap<Scope, Cutoff>,
    by_age: Deadlines<Scope>,
    latest: Option<StoreTime>,
}

impl Cutoffs {
    /// Whether a logout covers the session.
    pub(super) fn cover(&self, key: &SessionKey, scopes: &[Scope], began: StoreTime) -> bool {
        Some(began) <= self.latest
            && scopes
                .iter()
                .filter_map(|scope| self.by_scope.get(scope))
                .any(|cutoff| cutoff.covers(key, began))
    }

    /// Whether there is room for all of `scopes`, of which each stands there once.
    pub(super) fn has_room(&self, scopes: &[Scope], limit: usize) -> bool {
        let new = scopes.iter().filter(|scope| !self.by_scope.contains_key(scope)).count();
        self.by_scope.len().saturating_add(new) <= limit
    }

    /// Answers whether that changed anything.
    pub(super) fn strike(&mut self, scope: Scope, at: StoreTime, spare: Option<SessionKey>) -> bool {
        let Some(cutoff) = self.by_scope.get_mut(&scope) else {
            self.by_scope.insert(scope, Cutoff::new(at, spare));
            self.by_age.schedule(at, scope);
            self.latest = self.latest.max(Some(at));
            return true;
        };
        let before = cutoff.at;
        let changed = cutoff.strike(at, spare);
        if cutoff.at != before {
            self.by_age.cancel(before, scope);
            self.by_age.schedule(at, scope);
            self.latest = self.latest.max(Some(at));
        }
        changed
    }

    /// Forgets one cutoff that is older than `keep`: no session that it covers can be alive. Answers whether there was one.
    pub(super) fn forget_one(&mut self, now: StoreTime, keep: Duration) -> bool {
        self.by_age.take_due(now, keep).is_some_and(|scope| self.by_scope.remove(&scope).is_some())
    }
}
