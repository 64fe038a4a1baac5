use std::{fmt, time::Duration};

use crate::{MaybeSend, MaybeSync};

/// A moment as the provider counts them: whole seconds since the Unix epoch (`NumericDate`, RFC 7519 section 2).
///
/// Values come from tokens or from a [`Clock`]. There is deliberately no conversion to a session store's time:
/// the two clocks belong to different machines.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(transparent)]
pub struct ProviderTime(u64);

impl ProviderTime {
    /// The moment that lies `seconds` after the Unix epoch.
    pub const fn from_secs(seconds: u64) -> Self {
        Self(seconds)
    }

    /// Whole seconds since the Unix epoch.
    pub const fn as_secs(self) -> u64 {
        self.0
    }

    /// The moment `span` later, at most the end of time.
    pub const fn plus(self, span: Duration) -> Self {
        Self(self.0.saturating_add(span.as_secs()))
    }

    /// The moment `span` earlier, at least the epoch.
    pub const fn minus(self, span: Duration) -> Self {
        Self(self.0.saturating_sub(span.as_secs()))
    }

    /// How long after `earlier` this is; zero when it is not later.
    pub const fn since(self, earlier: Self) -> Duration {
        Duration::from_secs(self.0.saturating_sub(earlier.0))
    }
}

impl fmt::Display for ProviderTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} s after the epoch", self.0)
    }
}

/// Where protocol code takes its time from.
pub trait Clock: fmt::Debug + MaybeSend + MaybeSync + 'static {
    /// The wall clock, as the span since the Unix epoch. It may jump in either direction.
    fn unix_time(&self) -> Duration;

    /// A clock that never goes back, as the span since an arbitrary but fixed origin.
    fn monotonic(&self) -> Duration;

    /// The wall clock in the unit that tokens use.
    fn now(&self) -> ProviderTime {
        ProviderTime::from_secs(self.unix_time().as_secs())
    }
}

/// The clock of the machine.
#[derive(Clone, Copy, Debug)]
pub struct SystemClock {
    origin: system::Instant,
}

impl SystemClock {
    /// A clock whose monotonic origin is this call.
    pub fn new() -> Self {
        Self { origin: system::instant() }
    }
}

impl Default for SystemClock {
    fn default() -> Self {
        Self::new()
    }
}

impl Clock for SystemClock {
    fn unix_time(&self) -> Duration {
        system::unix_time()
    }

    fn monotonic(&self) -> Duration {
        system::instant().saturating_duration_since(self.origin)
    }
}

/// The only place that reads the machine's clock.
#[cfg_attr(
    not(target_arch = "wasm32"),
    expect(clippy::disallowed_methods, reason = "this is the clock that everything else is given")
)]
mod system {
    #[cfg(not(target_arch = "wasm32"))]
    use std::time::SystemTime;
    #[cfg(not(target_arch = "wasm32"))]
    pub(super) use std::time::{Duration, Instant};

    #[cfg(target_arch = "wasm32")]
    use web_time::SystemTime;
    #[cfg(target_arch = "wasm32")]
    pub(super) use web_time::{Duration, Instant};

    pub(super) fn instant() -> Instant {
        Instant::now()
    }

    pub(super) fn unix_time() -> Duration {
        SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default()
    }
}
