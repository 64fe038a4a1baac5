//! A clock that several processes agree on.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use vestibule_native::vestibule::{Clock, SystemClock};

/// The system's clock, put forward. Clones are put forward together.
#[derive(Clone, Debug, Default)]
pub struct AheadClock {
    system: SystemClock,
    ahead: Arc<AtomicU64>,
}

impl AheadClock {
    /// By how many seconds it is put forward.
    pub fn set_ahead(&self, seconds: u64) {
        self.ahead.store(seconds, Ordering::SeqCst);
    }

    fn ahead(&self) -> Duration {
        Duration::from_secs(self.ahead.load(Ordering::SeqCst))
    }
}

impl Clock for AheadClock {
    fn unix_time(&self) -> Duration {
        self.system.unix_time() + self.ahead()
    }

    fn monotonic(&self) -> Duration {
        self.system.monotonic() + self.ahead()
    }
}
