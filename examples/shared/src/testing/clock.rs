use std::time::{Duration, UNIX_EPOCH};

use vestibule_web::vestibule::{self, SystemClock};

/// The provider's clock, for the applications: when it is set ahead, their access tokens really expire.
#[derive(Clone, Debug)]
pub struct ProviderClock {
    wall: vestibule_dev_idp::Clock,
    monotonic: SystemClock,
}

impl ProviderClock {
    /// The same clock, as the applications read it.
    pub fn new(wall: vestibule_dev_idp::Clock) -> Self {
        Self { wall, monotonic: SystemClock::new() }
    }
}

impl vestibule::Clock for ProviderClock {
    fn unix_time(&self) -> Duration {
        self.wall.now().duration_since(UNIX_EPOCH).unwrap_or_default()
    }

    fn monotonic(&self) -> Duration {
        vestibule::Clock::monotonic(&self.monotonic)
    }
}
