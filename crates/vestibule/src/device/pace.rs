use std::time::Duration;

use super::DeviceError;
use crate::{Diagnose, Disposition, exchange::DeviceAnswer};

/// The shortest interval that is asked in, whatever the provider allows (RFC 8628 section 3.5, checklist F14).
const SHORTEST: Duration = Duration::from_secs(5);
/// What `slow_down` adds, for good.
const SLOWER: Duration = Duration::from_secs(5);
/// The longest pause that failures alone lead to.
const LONGEST: Duration = Duration::from_secs(60);

/// How fast the provider is asked. Pure.
#[derive(Debug)]
pub(crate) struct Pace {
    interval: Duration,
    pause: Duration,
}

impl Pace {
    pub(super) fn new(interval: Option<Duration>) -> Self {
        let interval = interval.unwrap_or(SHORTEST).max(SHORTEST);
        Self { interval, pause: interval }
    }

    /// How long to wait before asking next.
    pub(super) fn pause(&self) -> Duration {
        self.pause
    }

    /// Draws from an answer what it means for the next pause.
    pub(super) fn learn(&mut self, outcome: &Result<DeviceAnswer, DeviceError>) {
        if matches!(outcome, Ok(DeviceAnswer::SlowDown)) {
            self.interval = self.interval.saturating_add(SLOWER);
        }
        self.pause = match outcome {
            Err(error) if error.disposition() == Disposition::Retry => {
                let asked_for = error.retry_after().map_or(Duration::ZERO, |retry| retry.pause());
                self.pause.saturating_mul(2).min(LONGEST).max(asked_for).max(self.interval)
            }
            _ => self.interval,
        };
    }
}
