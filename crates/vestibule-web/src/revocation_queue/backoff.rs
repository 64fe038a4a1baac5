use std::time::Duration;

use vestibule::Random;

/// The pause after the first failure, and the shortest one: a store that answers again is asked no more often than this.
const FIRST: Duration = Duration::from_millis(100);
const LONGEST: Duration = Duration::from_secs(5);

/// How long to leave a store alone that fails: twice as long after every failure, and never quite as long as other nodes.
#[derive(Debug, Default)]
pub(super) struct Backoff {
    failures: u32,
}

/// A pause between two tries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Pause {
    /// In any case.
    pub(super) at_least: Duration,
    /// Unless the store is seen to answer.
    pub(super) at_most: Duration,
}

impl Backoff {
    pub(super) fn next(&mut self, random: &dyn Random) -> Pause {
        let whole = FIRST.saturating_mul(1 << self.failures.min(10)).min(LONGEST);
        self.failures = self.failures.saturating_add(1);
        let mut byte = [0];
        // Without randomness nodes may keep step, and no more.
        let share = match random.fill(&mut byte) {
            Ok(()) => 128 + u32::from(byte[0] / 2),
            Err(_) => 255,
        };
        Pause { at_least: FIRST * share / 255, at_most: whole * share / 255 }
    }
}

#[cfg(test)]
mod tests {
    use vestibule::{RandomError, testing::SeededRandom};

    use super::*;

    /// Fills with one value.
    #[derive(Debug)]
    struct Constant(u8);

    impl Random for Constant {
        fn fill(&self, bytes: &mut [u8]) -> Result<(), RandomError> {
            bytes.fill(self.0);
            Ok(())
        }
    }

    fn pauses(random: &dyn Random) -> Vec<u128> {
        let mut backoff = Backoff::default();
        (0..9).map(|_| backoff.next(random).at_most.as_millis()).collect()
    }

    #[test]
    fn bm08_pauses_double_up_to_five_seconds() {
        assert_eq!(pauses(&Constant(255)), [100, 200, 400, 800, 1600, 3200, 5000, 5000, 5000]);
        assert_eq!(pauses(&Constant(0)), [50, 100, 200, 401, 803, 1606, 2509, 2509, 2509]);
    }

    #[test]
    fn bm08_nodes_do_not_keep_step() {
        assert_ne!(pauses(&SeededRandom::new(1)), pauses(&SeededRandom::new(2)));
    }

    #[test]
    fn bm08_a_store_that_answers_is_asked_ten_times_a_second_and_no_more_often() {
        let mut backoff = Backoff::default();
        for _ in 0..1000 {
            let pause = backoff.next(&SeededRandom::new(3));
            assert!(pause.at_least >= FIRST / 2 && pause.at_least <= pause.at_most, "{pause:?}");
        }
    }
}
