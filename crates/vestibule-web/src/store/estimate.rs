use std::{
    sync::{Mutex, PoisonError},
    time::Duration,
};

use super::StoreTime;

/// How long the best sample is preferred to newer ones: the two clocks do not run at quite the same rate.
const FRESH: Duration = Duration::from_secs(10);

/// What one node knows of the store's time between two replies: the latest that it was told, carried on by the node's own
/// monotonic clock. The node's wall clock has no say in it.
///
/// The estimate is behind the store's time by as long as a reply travels, and never ahead by more than the clocks drift
/// in ten seconds.
#[derive(Debug, Default)]
pub struct StoreTimeEstimate(Mutex<Option<Sample>>);

#[derive(Clone, Copy, Debug)]
struct Sample {
    at: StoreTime,
    received: Duration,
}

impl StoreTimeEstimate {
    /// Takes note of a reply that was made `at` this time of the store, and received at this moment of the node's
    /// monotonic clock.
    pub fn observe(&self, at: StoreTime, received: Duration) {
        let mut best = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if best.is_none_or(|best| received.saturating_sub(best.received) > FRESH || best.at(received) <= at) {
            *best = Some(Sample { at, received });
        }
    }

    /// The store's time at this moment of the node's monotonic clock; `None` before the first reply.
    pub fn at(&self, monotonic: Duration) -> Option<StoreTime> {
        let best = *self.0.lock().unwrap_or_else(PoisonError::into_inner);
        best.map(|best| best.at(monotonic))
    }
}

impl Sample {
    fn at(self, monotonic: Duration) -> StoreTime {
        self.at.plus(monotonic.saturating_sub(self.received))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn store(seconds: u64) -> StoreTime {
        StoreTime::from_millis(seconds * 1000)
    }

    const fn node(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    #[test]
    fn without_a_reply_there_is_no_estimate() {
        assert_eq!(StoreTimeEstimate::default().at(node(5)), None);
    }

    #[test]
    fn the_latest_reply_is_carried_on() {
        let estimate = StoreTimeEstimate::default();
        estimate.observe(store(1000), node(5));
        assert_eq!(estimate.at(node(7)), Some(store(1002)));
        estimate.observe(store(1010), node(8));
        assert_eq!(estimate.at(node(8)), Some(store(1010)));
    }

    #[test]
    fn a_reply_that_travelled_long_does_not_put_the_estimate_back() {
        let estimate = StoreTimeEstimate::default();
        estimate.observe(store(1000), node(5));
        estimate.observe(store(1001), node(9));
        assert_eq!(estimate.at(node(9)), Some(store(1004)));
    }

    #[test]
    fn an_old_sample_gives_way_even_to_an_earlier_time() {
        let estimate = StoreTimeEstimate::default();
        estimate.observe(store(1000), node(5));
        estimate.observe(store(700), node(16));
        assert_eq!(estimate.at(node(17)), Some(store(701)));
    }
}
