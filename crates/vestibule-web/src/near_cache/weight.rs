use crate::store::{Scope, SessionRecord};

/// About how many bytes a session takes that is at hand.
pub(super) fn of_record(record: &SessionRecord) -> usize {
    size_of::<SessionRecord>()
        + of_scopes(&record.scopes)
        + record.label.len()
        + record.grant.len()
        + record.data.len()
        + OVERHEAD
}

/// About how many bytes scopes take.
pub(super) const fn of_scopes(scopes: &[Scope]) -> usize {
    size_of_val(scopes)
}

/// What maps and allocators add.
pub(super) const OVERHEAD: usize = 160;

/// Bounds of two kinds in one: no more than so many things, and no more than so many bytes.
#[derive(Clone, Copy, Debug)]
pub(super) struct Bounds {
    pub(super) items: usize,
    pub(super) bytes: u64,
}

impl Bounds {
    /// What one thing of so many bytes counts.
    pub(super) fn weight(self, bytes: usize) -> u64 {
        (bytes as u64).max(self.bytes.div_ceil(self.items.max(1) as u64)).max(1)
    }
}
