use std::collections::VecDeque;

use crate::{digest::DigestSet, store::Scope};

/// Scopes that were struck and whose records have not all been looked at since.
#[derive(Debug, Default)]
pub(super) struct StruckScopes {
    waiting: VecDeque<Scope>,
    is_waiting: DigestSet<Scope>,
    walk: Option<Walk>,
}

/// How far the records of one struck scope have been looked at.
#[derive(Clone, Copy, Debug)]
pub(super) struct Walk {
    pub(super) scope: Scope,
    /// The number of the record to go on from.
    pub(super) from: usize,
}

impl StruckScopes {
    pub(super) fn add(&mut self, scope: Scope) {
        if self.is_waiting.insert(scope) {
            self.waiting.push_back(scope);
        }
    }

    /// The walk under way, or the next one.
    pub(super) fn current(&mut self) -> Option<Walk> {
        if self.walk.is_none() {
            let scope = self.waiting.pop_front()?;
            self.is_waiting.remove(&scope);
            self.walk = Some(Walk { scope, from: 0 });
        }
        self.walk
    }

    /// The record `slot` was looked at.
    pub(super) fn passed(&mut self, slot: usize) {
        if let Some(walk) = &mut self.walk {
            walk.from = slot.saturating_add(1);
        }
    }

    /// All records were.
    pub(super) fn finished(&mut self) {
        self.walk = None;
    }
}
