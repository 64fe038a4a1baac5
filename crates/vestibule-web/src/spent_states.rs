use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use sha2::{Digest, Sha256};
use vestibule::State;

use crate::pending;

/// Beyond this many, the oldest half is forgotten: the provider still takes every code once only.
const MOST: usize = 100_000;

/// The `state` values whose answers this process has taken, so that a double click exchanges a code once.
#[derive(Debug, Default)]
pub(crate) struct SpentStates(Mutex<HashMap<[u8; 32], Duration>>);

impl SpentStates {
    /// Whether this is the first time. `now` is monotonic.
    pub(crate) fn take(&self, state: &State, now: Duration) -> bool {
        let mut spent = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if spent.len() >= MOST {
            forget(&mut spent, now, pending::LIFETIME / 2);
        }
        spent.insert(Sha256::digest(state.expose()).into(), now).is_none()
    }

    /// Whether the answer to this `state` was taken here before.
    pub(crate) fn contains(&self, state: &str) -> bool {
        let digest: [u8; 32] = Sha256::digest(state).into();
        self.0.lock().unwrap_or_else(PoisonError::into_inner).contains_key(&digest)
    }

    /// Forgets what no cookie can bring back.
    pub(crate) fn forget_old(&self, now: Duration) {
        forget(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner), now, pending::LIFETIME);
    }
}

fn forget(spent: &mut HashMap<[u8; 32], Duration>, now: Duration, age: u64) {
    spent.retain(|_, at| now.saturating_sub(*at).as_secs() <= age);
}
