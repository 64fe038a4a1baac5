//! The clocks that costs are measured with.

use std::time::Duration;

use rustix::time::{ClockId, clock_gettime};

/// Time since some moment that stays the same.
pub fn wall() -> Duration {
    reading(ClockId::Monotonic)
}

/// How long this thread has been on a processor.
pub fn thread_cpu() -> Duration {
    reading(ClockId::ThreadCPUTime)
}

/// How long all threads of this process have been on a processor.
pub fn process_cpu() -> Duration {
    reading(ClockId::ProcessCPUTime)
}

fn reading(clock: ClockId) -> Duration {
    let time = clock_gettime(clock);
    Duration::new(time.tv_sec.unsigned_abs(), u32::try_from(time.tv_nsec).unwrap_or_default())
}
