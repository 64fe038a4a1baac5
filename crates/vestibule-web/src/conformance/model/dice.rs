use std::{
    hash::{BuildHasher, RandomState},
    ops::Range,
};

/// Throws that follow from a seed, so that a run can be repeated. Good enough for tests and for nothing else.
#[derive(Clone, Debug)]
pub(super) struct Dice(u64);

impl Dice {
    pub(super) fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// The next 64 bits (SplitMix64).
    pub(super) fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut bits = self.0;
        bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        bits ^ (bits >> 31)
    }

    pub(super) fn below(&mut self, end: usize) -> usize {
        (self.bits() % end.max(1) as u64) as usize
    }

    pub(super) fn within(&mut self, range: Range<i64>) -> i64 {
        let span = range.end.abs_diff(range.start).max(1);
        range.start.saturating_add_unsigned(self.bits() % span)
    }

    /// True that often in a hundred.
    pub(super) fn percent(&mut self, chance: u64) -> bool {
        self.bits() % 100 < chance
    }
}

/// A seed that nobody chose.
pub fn any_seed() -> u64 {
    RandomState::new().hash_one("a seed") >> 16
}
