use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use crate::Clock;

/// A clock that stands still until it is moved. Clones share the same hands.
#[derive(Clone, Debug)]
pub struct TestClock(Arc<Mutex<Hands>>);

#[derive(Debug)]
struct Hands {
    unix_time: Duration,
    monotonic: Duration,
}

impl TestClock {
    /// A clock that shows `seconds` after the Unix epoch.
    pub fn at(seconds: u64) -> Self {
        Self(Arc::new(Mutex::new(Hands {
            unix_time: Duration::from_secs(seconds),
            monotonic: Duration::ZERO,
        })))
    }

    /// Lets `span` pass, on the wall clock and on the monotonic one.
    pub fn advance(&self, span: Duration) {
        let mut hands = self.hands();
        hands.unix_time += span;
        hands.monotonic += span;
    }

    /// Sets the wall clock alone, forward or back, as an administrator or NTP would.
    pub fn set_wall(&self, unix_time: Duration) {
        self.hands().unix_time = unix_time;
    }

    fn hands(&self) -> std::sync::MutexGuard<'_, Hands> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Default for TestClock {
    /// A clock in the year 2026.
    fn default() -> Self {
        Self::at(1_780_000_000)
    }
}

impl Clock for TestClock {
    fn unix_time(&self) -> Duration {
        self.hands().unix_time
    }

    fn monotonic(&self) -> Duration {
        self.hands().monotonic
    }
}
