use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use vestibule::Clock;

use crate::store::StoreTime;

/// Store time from a clock whose wall may jump.
///
/// A wall clock that stood still or stepped back would let every session live longer, so the monotonic clock carries
/// the time and the wall can only push it ahead (it does so when the machine was suspended).
#[derive(Debug)]
pub(crate) struct StoreClock {
    clock: Arc<dyn Clock>,
    wall_ahead: AtomicU64,
}

impl StoreClock {
    pub(crate) fn new(clock: Arc<dyn Clock>) -> Self {
        Self { clock, wall_ahead: AtomicU64::new(0) }
    }

    /// Never less than any answer before, as far as the caller can know of it.
    pub(crate) fn now(&self) -> StoreTime {
        let monotonic = millis(self.clock.monotonic());
        let ahead = millis(self.clock.unix_time()).saturating_sub(monotonic);
        let mut most_ahead = self.wall_ahead.load(Ordering::Relaxed);
        if ahead > most_ahead {
            most_ahead = self.wall_ahead.fetch_max(ahead, Ordering::Relaxed).max(ahead);
        }
        StoreTime::from_millis(monotonic.saturating_add(most_ahead))
    }
}

fn millis(span: Duration) -> u64 {
    u64::try_from(span.as_millis()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use vestibule::testing::TestClock;

    use super::*;

    const TEN_MINUTES: Duration = Duration::from_secs(600);

    #[test]
    fn goes_on_at_the_true_rate_while_the_wall_is_behind() {
        let hands = TestClock::at(10_000);
        let clock = StoreClock::new(Arc::new(hands.clone()));
        let start = clock.now();
        hands.set_wall(Duration::from_secs(10_000) - TEN_MINUTES);
        assert_eq!(clock.now(), start);
        hands.advance(TEN_MINUTES);
        assert_eq!(clock.now(), start.plus(TEN_MINUTES));
    }

    #[test]
    fn follows_the_wall_ahead_as_after_a_suspended_machine() {
        let hands = TestClock::at(10_000);
        let clock = StoreClock::new(Arc::new(hands.clone()));
        let start = clock.now();
        hands.set_wall(Duration::from_secs(10_000) + TEN_MINUTES);
        assert_eq!(clock.now(), start.plus(TEN_MINUTES));
    }

    #[test]
    fn starts_at_the_wall() {
        let clock = StoreClock::new(Arc::new(TestClock::at(1_780_000_000)));
        assert_eq!(clock.now(), StoreTime::from_millis(1_780_000_000_000));
    }
}
