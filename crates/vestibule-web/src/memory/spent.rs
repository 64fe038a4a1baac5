use std::time::Duration;

use crate::{
    digest::DigestMap,
    store::{LogoutId, StoreTime},
};

use super::deadlines::Deadlines;

/// The logout tokens that were spent and could still be offered again (checklist B13).
#[derive(Debug, Default)]
pub(super) struct SpentLogouts {
    by_id: DigestMap<LogoutId, StoreTime>,
    by_age: Deadlines<LogoutId>,
}

impl SpentLogouts {
    pub(super) fn len(&self) -> usize {
        self.by_id.len()
    }

    pub(super) fn contains(&self, logout: &LogoutId, now: StoreTime, keep: Duration) -> bool {
        self.by_id.get(logout).is_some_and(|spent| now < spent.plus(keep))
    }

    pub(super) fn spend(&mut self, logout: LogoutId, now: StoreTime) {
        if let Some(before) = self.by_id.insert(logout, now) {
            self.by_age.cancel(before, logout);
        }
        self.by_age.schedule(now, logout);
    }

    /// Forgets one that is older than `keep`. Answers whether there was one.
    pub(super) fn forget_one(&mut self, now: StoreTime, keep: Duration) -> bool {
        self.by_age.take_due(now, keep).is_some_and(|logout| self.by_id.remove(&logout).is_some())
    }
}
