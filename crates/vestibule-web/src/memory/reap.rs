use crate::store::StoreTime;

use super::{records::Lapse, sessions::Sessions, struck::Walk};

/// What one step of housekeeping came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Step {
    /// Something that no longer matters was deleted.
    Deleted,
    /// Something was looked at and stays.
    Kept,
    /// There was nothing to look at.
    Nothing,
}

impl Sessions {
    /// Looks at one thing that may have ended.
    pub(super) fn reap_step(&mut self, now: StoreTime) -> Step {
        if let Some(lapse) = self.records.take_lapse(now) {
            return match lapse {
                Lapse::Deleted => Step::Deleted,
                Lapse::Postponed => Step::Kept,
            };
        }
        if let Some(walk) = self.ledger.struck().current() {
            return self.walk_step(now, walk);
        }
        if self.ledger.forget_one(now) { Step::Deleted } else { Step::Nothing }
    }

    /// Looks at the next record of a scope that was struck.
    fn walk_step(&mut self, now: StoreTime, walk: Walk) -> Step {
        let Some(slot) = self.records.next_candidate(&walk.scope, walk.from) else {
            self.ledger.struck().finished();
            return Step::Kept;
        };
        self.ledger.struck().passed(slot);
        let over = self.records.at(slot).is_some_and(|record| self.over(record, now).is_some());
        if over && self.records.remove_at(slot) { Step::Deleted } else { Step::Kept }
    }
}
