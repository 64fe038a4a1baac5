use std::{sync::Arc, time::Duration};

use super::key_set::KeySet;

/// A key set and its time. All instants are monotonic.
#[derive(Debug)]
pub(super) struct Snapshot {
    pub(super) keys: Arc<KeySet>,
    fetched_at: Duration,
    lifetime: Duration,
}

pub(super) enum Age {
    Fresh,
    /// Past its time, yet better than none.
    Stale,
}

/// How long a set stays usable past its time (checklist E15).
const STALE: Duration = Duration::from_secs(60 * 60);

impl Snapshot {
    pub(super) fn new(keys: KeySet, fetched_at: Duration, lifetime: Duration) -> Self {
        Self { keys: Arc::new(keys), fetched_at, lifetime }
    }

    /// The keys, unless they must not be used any more.
    pub(super) fn usable(&self, now: Duration) -> Option<(Arc<KeySet>, Age)> {
        let age = now.saturating_sub(self.fetched_at);
        let standing = if age < self.lifetime {
            Age::Fresh
        } else if age < self.lifetime.saturating_add(STALE) {
            Age::Stale
        } else {
            return None;
        };
        Some((Arc::clone(&self.keys), standing))
    }

    /// How long until the next one should be fetched: at four fifths of the lifetime.
    pub(super) fn due_in(&self, now: Duration) -> Duration {
        self.fetched_at.saturating_add(self.lifetime * 4 / 5).saturating_sub(now)
    }
}
