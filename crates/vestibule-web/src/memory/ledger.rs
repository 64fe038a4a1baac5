use crate::store::{Retention, Revocation, Revoke, Scope, SessionKey, StoreError, StoreTime};

use super::{cutoffs::Cutoffs, spent::SpentLogouts, struck::StruckScopes};

/// What was revoked. It cannot reach the sessions, so a logout cannot cost more the more of them there are.
#[derive(Debug)]
pub(super) struct Ledger {
    cutoffs: Cutoffs,
    spent: SpentLogouts,
    struck: StruckScopes,
    retention: Retention,
    limit: usize,
}

/// A revocation as it was entered.
#[derive(Debug)]
pub(super) struct Entered {
    pub(super) reply: Revoke,
    /// The scopes, each once, if the revocation changed anything.
    pub(super) struck: Vec<Scope>,
}

impl Ledger {
    pub(super) fn new(retention: Retention, limit: usize) -> Self {
        Self {
            cutoffs: Cutoffs::default(),
            spent: SpentLogouts::default(),
            struck: StruckScopes::default(),
            retention,
            limit,
        }
    }

    pub(super) const fn retention(&self) -> Retention {
        self.retention
    }

    pub(super) fn retain(&mut self, retention: Retention) {
        self.retention.cutoffs = self.retention.cutoffs.max(retention.cutoffs);
        self.retention.logout_ids = self.retention.logout_ids.max(retention.logout_ids);
    }

    pub(super) fn covers(&self, key: &SessionKey, scopes: &[Scope], began: StoreTime) -> bool {
        self.cutoffs.cover(key, scopes, began)
    }

    /// Enters a revocation whole, or not at all.
    pub(super) fn enter(&mut self, now: StoreTime, revocation: Revocation) -> Result<Entered, StoreError> {
        let Revocation { mut scopes, heard, logout, spare } = revocation;
        if logout.is_some_and(|logout| self.spent.contains(&logout, now, self.retention.logout_ids)) {
            return Ok(Entered { reply: Revoke::Replayed, struck: Vec::new() });
        }
        scopes.sort_unstable();
        scopes.dedup();
        self.make_room(now, &scopes, logout.is_some())?;

        let cutoff = heard.map_or(now, |heard| heard.min(now));
        let mut changed = false;
        for scope in &scopes {
            if self.cutoffs.strike(*scope, cutoff, spare) {
                self.struck.add(*scope);
                changed = true;
            }
        }
        if let Some(logout) = logout {
            self.spent.spend(logout, now);
        }
        if !changed {
            scopes.clear();
        }
        Ok(Entered { reply: Revoke::Revoked { cutoff }, struck: scopes })
    }

    pub(super) const fn struck(&mut self) -> &mut StruckScopes {
        &mut self.struck
    }

    /// Forgets one mark that no longer matters. Answers whether there was one.
    pub(super) fn forget_one(&mut self, now: StoreTime) -> bool {
        self.cutoffs.forget_one(now, self.retention.cutoffs)
            || self.spent.forget_one(now, self.retention.logout_ids)
    }

    fn make_room(&mut self, now: StoreTime, scopes: &[Scope], spends: bool) -> Result<(), StoreError> {
        while !self.cutoffs.has_room(scopes, self.limit) {
            if !self.cutoffs.forget_one(now, self.retention.cutoffs) {
                return Err(StoreError::Full);
            }
        }
        while spends && self.spent.len() >= self.limit {
            if !self.spent.forget_one(now, self.retention.logout_ids) {
                return Err(StoreError::Full);
            }
        }
        Ok(())
    }
}
