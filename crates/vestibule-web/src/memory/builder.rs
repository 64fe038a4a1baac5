use std::sync::Arc;

use vestibule::{Clock, SystemClock};

use crate::store::StoreClock;

use super::MemoryStore;

/// Chooses the bounds and the clock of a [`MemoryStore`].
#[derive(Debug)]
#[must_use]
pub struct MemoryStoreBuilder {
    limits: Limits,
    clock: Option<Arc<dyn Clock>>,
}

/// How much one realm may keep.
#[derive(Clone, Copy, Debug)]
pub(super) struct Limits {
    pub(super) sessions: usize,
    pub(super) marks: usize,
    pub(super) log: usize,
}

impl MemoryStoreBuilder {
    /// How many sessions each realm may hold. Default: 1,000,000.
    ///
    /// When that many are live, logins fail with `store.full`.
    pub const fn max_sessions(mut self, sessions: usize) -> Self {
        self.limits.sessions = sessions;
        self
    }

    /// How many cutoffs, and how many spent logout tokens, each realm may remember. Default: 1,000,000 of each.
    ///
    /// When that many matter, logouts fail with `store.full`: forgetting one would let an ended session live.
    pub const fn max_marks(mut self, marks: usize) -> Self {
        self.limits.marks = marks;
        self
    }

    /// How many ends and revocations each realm's log keeps. Default: 16,384.
    ///
    /// Whoever asks for older ones is told that it lagged.
    pub const fn log_length(mut self, entries: usize) -> Self {
        self.limits.log = entries;
        self
    }

    /// What the store's time follows. Default: the machine's clock.
    ///
    /// The wall clock is followed forward only; while it is behind, the monotonic clock moves the store's time.
    pub fn clock(mut self, clock: Arc<dyn Clock>) -> Self {
        self.clock = Some(clock);
        self
    }

    /// The store.
    #[must_use]
    pub fn build(self) -> MemoryStore {
        let clock = self.clock.unwrap_or_else(|| Arc::new(SystemClock::new()));
        MemoryStore::with(StoreClock::new(clock), self.limits)
    }
}

impl Default for MemoryStoreBuilder {
    fn default() -> Self {
        Self { limits: Limits { sessions: 1_000_000, marks: 1_000_000, log: 16_384 }, clock: None }
    }
}
