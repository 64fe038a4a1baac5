use std::{
    fmt,
    sync::{
        Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use super::{error::KeysError, key_set::KeySet, snapshot::Snapshot};
use crate::{Random, backoff::Backoff};

/// What is known of one issuer's keys. [`IssuerKeys`](super::IssuerKeys) keeps it current.
pub(crate) struct KeyCache {
    state: RwLock<State>,
    /// How many key sets were read. What was verified under an earlier one may no longer hold.
    generation: AtomicU64,
    /// Held by the one caller that fetches.
    pub(super) flight: async_lock::Mutex<()>,
}

/// All instants are monotonic.
pub(super) struct State {
    pub(super) snapshot: Option<Snapshot>,
    pub(super) backoff: Backoff<KeysError>,
    /// Fetches since the last completed one whose caller went away.
    pub(super) abandoned: u8,
    /// Until then, unknown `kid`s cause no fetch.
    pub(super) cool_down_until: Duration,
    /// Until then, requests leave a set that is past its time to the background.
    pub(super) maintained_until: Duration,
}

impl KeyCache {
    pub(crate) fn new(random: Arc<dyn Random>) -> Self {
        let state = State {
            snapshot: None,
            backoff: Backoff::new(random),
            abandoned: 0,
            cool_down_until: Duration::ZERO,
            maintained_until: Duration::ZERO,
        };
        Self { state: RwLock::new(state), generation: AtomicU64::new(0), flight: async_lock::Mutex::new(()) }
    }

    pub(crate) fn generation(&self) -> u64 {
        self.generation.load(Ordering::Acquire)
    }

    /// To be called after the new set is in its place: whoever reads the new number must not meet the old set.
    pub(super) fn begin_generation(&self) {
        self.generation.fetch_add(1, Ordering::Release);
    }

    pub(super) fn read(&self) -> RwLockReadGuard<'_, State> {
        self.state.read().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn write(&self) -> RwLockWriteGuard<'_, State> {
        self.state.write().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// The usable set other than `missed`.
    pub(super) fn newer_than(&self, missed: &Arc<KeySet>, now: Duration) -> Option<Arc<KeySet>> {
        let (keys, _) = self.snapshot.as_ref()?.usable(now)?;
        (!Arc::ptr_eq(&keys, missed)).then_some(keys)
    }
}

impl fmt::Debug for KeyCache {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("KeyCache").field("snapshot", &self.read().snapshot).finish_non_exhaustive()
    }
}
