use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use crate::{
    observe,
    store::{LogoutId, StoreTime},
};

/// How many are remembered. Beyond, a retry counts from the moment it is heard itself.
const MOST: usize = 10_000;
/// Longer than any logout token is accepted.
const AGE: Duration = Duration::from_secs(15 * 60);

/// When the logouts were first heard that the store has not confirmed: a retry strikes whom the first try would have
/// struck, and nobody who logged in since (checklist BM09).
#[derive(Debug, Default)]
pub(crate) struct UnconfirmedLogouts(Mutex<HashMap<LogoutId, StoreTime>>);

impl UnconfirmedLogouts {
    /// The moment at which a logout was first heard, if the store failed then.
    pub(crate) fn first_heard(&self, logout: &LogoutId) -> Option<StoreTime> {
        self.logouts().get(logout).copied()
    }

    pub(crate) fn keep(&self, logout: LogoutId, heard: StoreTime) {
        self.change(|logouts| {
            if logouts.len() >= MOST {
                logouts.retain(|_, first| heard.since(*first) < AGE);
            }
            if logouts.len() < MOST {
                logouts.entry(logout).or_insert(heard);
            }
        });
    }

    pub(crate) fn confirm(&self, logout: &LogoutId) {
        self.change(|logouts| logouts.remove(logout));
    }

    /// Forgets what no retry can confirm any more: how many that were.
    pub(crate) fn forget_old(&self, now: StoreTime) -> usize {
        self.change(|logouts| {
            let before = logouts.len();
            logouts.retain(|_, first| now.since(*first) < AGE);
            before - logouts.len()
        })
    }

    fn change<T>(&self, change: impl FnOnce(&mut HashMap<LogoutId, StoreTime>) -> T) -> T {
        let mut logouts = self.logouts();
        let before = logouts.len();
        let outcome = change(&mut logouts);
        observe::unconfirmed(before, logouts.len());
        outcome
    }

    fn logouts(&self) -> MutexGuard<'_, HashMap<LogoutId, StoreTime>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
