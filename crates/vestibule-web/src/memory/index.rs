use std::collections::BTreeSet;

use crate::{digest::prefix, store::Scope};

/// Which records listen to which scope, by the number of the record.
///
/// Scopes are told apart by their first bytes only, so an answer may hold a stranger: whoever asks looks at the record.
#[derive(Debug, Default)]
pub(super) struct ScopeIndex(BTreeSet<(u64, usize)>);

impl ScopeIndex {
    pub(super) fn insert(&mut self, scope: &Scope, slot: usize) {
        self.0.insert((prefix(scope.as_bytes()), slot));
    }

    pub(super) fn remove(&mut self, scope: &Scope, slot: usize) {
        self.0.remove(&(prefix(scope.as_bytes()), slot));
    }

    /// The candidates numbered `from` or more, ascending.
    pub(super) fn candidates(&self, scope: &Scope, from: usize) -> impl Iterator<Item = usize> {
        let prefix = prefix(scope.as_bytes());
        self.0.range((prefix, from)..=(prefix, usize::MAX)).map(|(_, slot)| *slot)
    }
}
