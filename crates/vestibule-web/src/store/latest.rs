use std::{
    sync::{Mutex, PoisonError},
    time::Duration,
};

use super::StoreTime;

/// How long the best sample is preferred to newer ones: the two clocks do not run at quite the same rate.
const FRESH: Duration = Duration::from_secs(10);
/// By which part two clocks may drift apart: as much as a clock is ever slewed.
const DRIFT: u32 = 2000;
/// Store time is told in whole milliseconds, rounded down.
const ROUNDING: Duration = Duration::from_millis(1);

/// What the store's time is at the latest, by what this node was told before: for a logout that is heard while the store
/// cannot say when.
///
/// The opposite of [`StoreTimeEstimate`](super::StoreTimeEstimate), which is behind by the time that a reply travels. A
/// logout's moment must not be early, or a session that began before it would outlive it; where it is late, by a round
/// trip at most and by the drift of the clocks, it strikes a login of that very moment, whose user starts once more.
#[derive(Debug, Default)]
pub(crate) struct LatestStoreTime(Mutex<Option<Sample>>);

#[derive(Clone, Copy, Debug)]
struct Sample {
    told: StoreTime,
    asked: Duration,
}

impl LatestStoreTime {
    /// Takes note of a reply that was made at the time `told`, to a call that was `asked` and `answered` at these moments of
    /// the node's monotonic clock.
    pub(crate) fn observe(&self, told: StoreTime, asked: Duration, answered: Duration) {
        let new = Sample { told, asked };
        let mut best = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let is_better = |best: Sample| {
            answered.saturating_sub(best.asked) > FRESH || new.at(answered) <= best.at(answered)
        };
        if best.is_none_or(is_better) {
            *best = Some(new);
        }
    }

    /// What the store's time is at the latest, at this moment of the node's monotonic clock; `None` before the first reply.
    pub(crate) fn at(&self, monotonic: Duration) -> Option<StoreTime> {
        let best = *self.0.lock().unwrap_or_else(PoisonError::into_inner);
        best.map(|best| best.at(monotonic))
    }
}

impl Sample {
    fn at(self, monotonic: Duration) -> StoreTime {
        let elapsed = monotonic.saturating_sub(self.asked);
        self.told.plus(elapsed.saturating_add(elapsed / DRIFT)).plus(ROUNDING)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn store(millis: u64) -> StoreTime {
        StoreTime::from_millis(millis)
    }

    const fn node(millis: u64) -> Duration {
        Duration::from_millis(millis)
    }

    #[test]
    fn bm09_without_a_reply_nothing_is_known() {
        assert_eq!(LatestStoreTime::default().at(node(5)), None);
    }

    /// Wherever between question and answer the store read its clock.
    #[test]
    fn bm09_the_moment_of_a_logout_is_never_early() {
        for (asked, answered) in [(0, 0), (0, 40), (0, 1900)] {
            for read in [asked, u64::midpoint(asked, answered), answered] {
                let latest = LatestStoreTime::default();
                // The store's clock is a million ahead, and it rounds down.
                latest.observe(store(1_000_000 + read), node(asked), node(answered));
                for now in [answered, 5_000, 100_000] {
                    let known = latest.at(node(now)).unwrap();
                    assert!(known > store(1_000_000 + now), "{asked} {read} {answered} {now}");
                    let slack = known.since(store(1_000_000 + now));
                    assert!(slack <= node(answered - asked) + node(now) / DRIFT + ROUNDING, "{slack:?}");
                }
            }
        }
    }

    #[test]
    fn the_tightest_sample_is_kept_while_it_is_fresh() {
        let latest = LatestStoreTime::default();
        latest.observe(store(1000), node(0), node(1));
        latest.observe(store(2500), node(1000), node(3000));
        assert_eq!(latest.at(node(3000)), Some(store(4000 + 1 + 1)), "the slow reply tells less");
        latest.observe(store(20_000), node(18_000), node(19_000));
        assert_eq!(latest.at(node(19_000)), Some(store(21_000 + 1)), "clocks drift: the old one is too old");
    }
}
