use std::{sync::Arc, time::Duration};

use vestibule::{Clock, SystemClock};

use crate::store::StoreBackend;

use super::{BOUND, NearCache};

/// Chooses the bounds of a [`NearCache`].
#[derive(Debug)]
#[must_use]
pub struct NearCacheBuilder {
    backend: Box<dyn StoreBackend>,
    settings: Settings,
}

/// How much one realm may keep, and for how long without news.
#[derive(Clone, Debug)]
pub(super) struct Settings {
    pub(super) sessions: usize,
    pub(super) bytes: u64,
    pub(super) bound: Duration,
    pub(super) clock: Arc<dyn Clock>,
}

impl NearCacheBuilder {
    pub(super) fn new(backend: Box<dyn StoreBackend>) -> Self {
        let clock = Arc::new(SystemClock::new());
        let settings = Settings { sessions: 100_000, bytes: 256 * 1024 * 1024, bound: BOUND, clock };
        Self { backend, settings }
    }

    /// How many sessions of each realm are kept at hand. Default: 100,000.
    ///
    /// Those that were used least give way, and are read from the store when they are asked for again.
    pub const fn max_sessions(mut self, sessions: usize) -> Self {
        self.settings.sessions = sessions;
        self
    }

    /// How many bytes the sessions of each realm may take. Default: 256 MiB.
    pub const fn max_bytes(mut self, bytes: u64) -> Self {
        self.settings.bytes = bytes;
        self
    }

    /// How stale an answer can be at most. Default, and at most: [`BOUND`]. The shorter, the more often the log is asked:
    /// about three times as often.
    pub fn bound(mut self, bound: Duration) -> Self {
        self.settings.bound = bound.min(BOUND);
        self
    }

    /// What the bound is measured with. Default: the machine's clock.
    pub fn clock(mut self, clock: Arc<dyn Clock>) -> Self {
        self.settings.clock = clock;
        self
    }

    /// The cache.
    #[must_use]
    pub fn build(self) -> NearCache {
        NearCache::with(self.backend, self.settings)
    }
}
