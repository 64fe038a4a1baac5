use std::sync::atomic::{AtomicU64, Ordering};

use crate::observe;

/// How often something was at hand. Counted where requests are answered, and told by the tail: a recorder takes longer than
/// an answer.
#[derive(Debug, Default)]
pub(super) struct Counts {
    hits: AtomicU64,
    misses: AtomicU64,
    stale: AtomicU64,
    entries: AtomicU64,
}

impl Counts {
    pub(super) fn hit(&self) {
        self.hits.fetch_add(1, Ordering::Relaxed);
    }

    pub(super) fn miss(&self) {
        self.misses.fetch_add(1, Ordering::Relaxed);
    }

    /// The log was not known to be read, so that nothing at hand counted.
    pub(super) fn stale(&self) {
        self.stale.fetch_add(1, Ordering::Relaxed);
    }

    /// Tells what was counted since the last time, and how much is at hand now.
    pub(super) fn tell(&self, entries: usize) {
        let since = |count: &AtomicU64| count.swap(0, Ordering::Relaxed);
        observe::near_cache_asked(since(&self.hits), since(&self.misses), since(&self.stale));
        let entries = entries as u64;
        let before = self.entries.swap(entries, Ordering::Relaxed);
        observe::near_cache_holds(before, entries);
    }
}

impl Drop for Counts {
    fn drop(&mut self) {
        self.tell(0);
    }
}
