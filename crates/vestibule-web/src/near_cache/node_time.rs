use std::{
    sync::atomic::{AtomicI64, Ordering},
    time::Duration,
};

use crate::store::{StoreTime, StoreTimeEstimate};

/// The store's time as this node estimates it, to be read without a lock.
#[derive(Debug, Default)]
pub(super) struct NodeTime {
    estimate: StoreTimeEstimate,
    /// By how many microseconds the store's time is ahead of the monotonic clock, at least.
    ahead: AtomicI64,
}

impl NodeTime {
    /// Takes note of a reply that was made `at` this time of the store, and received at this moment.
    pub(super) fn observe(&self, at: StoreTime, received: Duration) {
        self.estimate.observe(at, received);
        if let Some(now) = self.estimate.at(received) {
            let now = Duration::from_millis(now.as_millis());
            let ahead = micros(now).saturating_sub(micros(received));
            self.ahead.store(ahead, Ordering::Relaxed);
        }
    }

    /// The store's time at this moment: behind by as long as a reply travels. The beginning of time before the first reply.
    pub(super) fn at(&self, monotonic: Duration) -> StoreTime {
        let now = self.ahead.load(Ordering::Relaxed).saturating_add(micros(monotonic));
        StoreTime::from_millis(u64::try_from(now / 1000).unwrap_or(0))
    }
}

fn micros(span: Duration) -> i64 {
    i64::try_from(span.as_micros()).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_carried_on_and_never_ahead() {
        let time = NodeTime::default();
        let received = Duration::from_micros(2_500);
        time.observe(StoreTime::from_millis(10_000), received);
        assert_eq!(time.at(received), StoreTime::from_millis(10_000));
        assert_eq!(time.at(received + Duration::from_micros(999)), StoreTime::from_millis(10_000));
        assert_eq!(time.at(received + Duration::from_secs(1)), StoreTime::from_millis(11_000));
    }

    #[test]
    fn a_node_whose_clock_is_ahead_of_the_store_knows_it_too() {
        let time = NodeTime::default();
        time.observe(StoreTime::from_millis(10), Duration::from_secs(100));
        assert_eq!(time.at(Duration::from_secs(101)), StoreTime::from_millis(1_010));
    }
}
