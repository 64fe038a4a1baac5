use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use vestibule::Clock;

use super::StoreTime;

/// Store time from a clock whose wall may jump: for engines without a clock of their own.
///
/// A wall clock that stood still or stepped back would let every session live longer, so the monotonic clock carries
/// the time and the wall can only push it ahead (it does so when the machine was suspended).
#[derive(Debug)]
pub struct StoreClock {
    clock: Arc<dyn Clock>,
    wall_ahead: AtomicU64,
}

impl StoreClock {
    /// Follows `clock`.
    pub fn new(clock: Arc<dyn Clock>) -> Self {
        Self { clock, wall_ahead: AtomicU64::new(0) }
    }

    /// Never less than any answer before, as far as the caller can know of it.
    pub fn now(&self) -> StoreTime {
        let monotonic = millis(self.clock.monotonic());
        self.ahead_by(monotonic, millis(self.clock.unix_time()).saturating_sub(monotonic))
    }

    /// The time, which is not before `earlier`: what another process, or this one before it was started anew, has seen.
    pub fn now_not_before(&self, earlier: StoreTime) -> StoreTime {
        let now = self.now();
        if now >= earlier {
            return now;
        }
        let monotonic = millis(self.clock.monotonic());
        self.ahead_by(monotonic, earlier.as_millis().saturating_sub(monotonic))
    }

    fn ahead_by(&self, monotonic: u64, ahead: u64) -> StoreTime {
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
    fn goes_on_from_what_another_process_has_seen() {
        let hands = TestClock::at(10_000);
        let clock = StoreClock::new(Arc::new(hands.clone()));
        let seen = clock.now().plus(TEN_MINUTES);
        assert_eq!(clock.now_not_before(seen), seen);
        hands.advance(TEN_MINUTES);
        assert_eq!(clock.now(), seen.plus(TEN_MINUTES));
        assert_eq!(clock.now_not_before(seen), seen.plus(TEN_MINUTES));
    }

    #[test]
    fn starts_at_the_wall() {
        let clock = StoreClock::new(Arc::new(TestClock::at(1_780_000_000)));
        assert_eq!(clock.now(), StoreTime::from_millis(1_780_000_000_000));
    }
}
