use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use vestibule::{Clock, SystemClock};

/// The machine's clock, set ahead. Only the time of day jumps.
#[derive(Clone, Debug)]
pub(super) struct AdjustableClock {
    machine: SystemClock,
    ahead: Arc<AtomicU64>,
}

impl AdjustableClock {
    pub(super) fn ahead(seconds: u64) -> Self {
        Self { machine: SystemClock::new(), ahead: Arc::new(AtomicU64::new(seconds)) }
    }

    pub(super) fn advance(&self, seconds: u64) {
        self.ahead.fetch_add(seconds, Ordering::SeqCst);
    }
}

impl Clock for AdjustableClock {
    fn unix_time(&self) -> Duration {
        self.machine.unix_time() + Duration::from_secs(self.ahead.load(Ordering::SeqCst))
    }

    fn monotonic(&self) -> Duration {
        self.machine.monotonic()
    }
}
