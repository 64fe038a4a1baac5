use std::time::Duration;

/// A moment on the session store's clock, in milliseconds since the Unix epoch as the store counts it.
///
/// All nodes compare sessions and logouts on this one clock. There is deliberately no conversion from or to the
/// provider's time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(transparent)]
pub struct StoreTime(u64);

impl StoreTime {
    /// The moment `millis` milliseconds after the store's epoch.
    pub const fn from_millis(millis: u64) -> Self {
        Self(millis)
    }

    /// Milliseconds since the store's epoch.
    pub const fn as_millis(self) -> u64 {
        self.0
    }

    /// The moment `span` later, at most the end of time.
    #[must_use]
    pub fn plus(self, span: Duration) -> Self {
        Self(self.0.saturating_add(u64::try_from(span.as_millis()).unwrap_or(u64::MAX)))
    }

    /// How long after `earlier` this is; zero when it is not later.
    pub const fn since(self, earlier: Self) -> Duration {
        Duration::from_millis(self.0.saturating_sub(earlier.0))
    }
}
