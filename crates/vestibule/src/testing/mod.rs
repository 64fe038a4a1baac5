//! A settable clock, seeded randomness and a scripted transport (feature `test-util`).

mod clock;
mod random;

pub use clock::TestClock;
pub use random::SeededRandom;
