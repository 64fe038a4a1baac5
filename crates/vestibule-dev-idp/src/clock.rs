//! The clock that every moment in the provider is read from.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// A clock that a test can set.
///
/// Clones share one reading, so the clock given to the builder and the one that
/// [`DevIdp::clock`](crate::DevIdp::clock) hands out are the same clock.
///
/// ```
/// use std::time::{Duration, UNIX_EPOCH};
/// use vestibule_dev_idp::Clock;
///
/// let clock = Clock::stopped_at(UNIX_EPOCH + Duration::from_secs(1_000));
/// clock.advance(Duration::from_secs(60));
/// assert_eq!(clock.now(), UNIX_EPOCH + Duration::from_secs(1_060));
/// ```
#[derive(Clone, Debug)]
pub struct Clock(Arc<Mutex<Reading>>);

impl Clock {
    /// A clock that runs with the system's.
    pub fn system() -> Self {
        Self(Arc::new(Mutex::new(Reading::Running { ahead: Duration::ZERO, behind: Duration::ZERO })))
    }

    /// A clock that stands still at `moment` until it is moved.
    pub fn stopped_at(moment: SystemTime) -> Self {
        Self(Arc::new(Mutex::new(Reading::Stopped(moment))))
    }

    /// The moment that the clock shows.
    pub fn now(&self) -> SystemTime {
        self.read(|reading| reading.moment())
    }

    /// Moves the clock forwards.
    pub fn advance(&self, by: Duration) {
        self.read(|reading| match reading {
            Reading::Running { ahead, .. } => *ahead = ahead.saturating_add(by),
            Reading::Stopped(moment) => *moment = moment.checked_add(by).unwrap_or(*moment),
        });
    }

    /// Moves the clock backwards.
    pub fn rewind(&self, by: Duration) {
        self.read(|reading| match reading {
            Reading::Running { behind, .. } => *behind = behind.saturating_add(by),
            Reading::Stopped(moment) => *moment = moment.checked_sub(by).unwrap_or(*moment),
        });
    }

    /// Sets the clock. A running clock goes on running from there.
    pub fn set(&self, moment: SystemTime) {
        self.read(|reading| match reading {
            Reading::Stopped(stopped) => *stopped = moment,
            Reading::Running { .. } => {
                let system = system_now();
                *reading = Reading::Running {
                    ahead: moment.duration_since(system).unwrap_or_default(),
                    behind: system.duration_since(moment).unwrap_or_default(),
                };
            }
        });
    }

    /// Seconds since the Unix epoch, as tokens state them.
    pub(crate) fn unix(&self) -> i64 {
        let since = self.now().duration_since(UNIX_EPOCH).unwrap_or_default();
        i64::try_from(since.as_secs()).unwrap_or(i64::MAX)
    }

    fn read<T>(&self, act: impl FnOnce(&mut Reading) -> T) -> T {
        act(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Default for Clock {
    fn default() -> Self {
        Self::system()
    }
}

#[derive(Clone, Copy, Debug)]
enum Reading {
    Running { ahead: Duration, behind: Duration },
    Stopped(SystemTime),
}

impl Reading {
    fn moment(self) -> SystemTime {
        match self {
            Self::Stopped(moment) => moment,
            Self::Running { ahead, behind } => {
                let system = system_now();
                system.checked_add(ahead).and_then(|moment| moment.checked_sub(behind)).unwrap_or(system)
            }
        }
    }
}

#[expect(clippy::disallowed_methods, reason = "the one place where the provider reads the system's clock")]
fn system_now() -> SystemTime {
    SystemTime::now()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: u64) -> SystemTime {
        UNIX_EPOCH + Duration::from_secs(seconds)
    }

    #[test]
    fn a_stopped_clock_moves_only_when_moved() {
        let clock = Clock::stopped_at(at(100));
        assert_eq!(clock.now(), at(100));
        let same_clock = clock.clone();
        same_clock.advance(Duration::from_secs(50));
        clock.rewind(Duration::from_secs(20));
        assert_eq!(clock.now(), at(130));
        clock.set(at(7));
        assert_eq!(clock.unix(), 7);
    }

    #[test]
    fn a_running_clock_goes_on_from_where_it_was_set() {
        let clock = Clock::system();
        clock.set(at(1_000));
        let first = clock.now();
        assert!(first >= at(1_000) && first < at(2_000));
        clock.advance(Duration::from_secs(10_000));
        assert!(clock.now() >= at(11_000));
    }
}
