//! A store whose moods a test sets. Clones are the same store.

use std::{
    collections::BTreeMap,
    sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError},
};

use zeroize::Zeroizing;

use super::SecretStore;
use crate::vault::{EntryName, StoreKind, VaultError};

#[derive(Clone, Debug, Default)]
pub(crate) struct FakeStore(Arc<Shared>);

#[derive(Debug, Default)]
struct Shared {
    state: Mutex<State>,
    answered: Condvar,
}

#[derive(Debug, Default)]
struct State {
    entries: BTreeMap<(String, String), Vec<u8>>,
    opening: Option<VaultError>,
    reading: Option<VaultError>,
    writing: Option<VaultError>,
    largest: Option<usize>,
    asks: bool,
    reads: usize,
    writes: usize,
}

impl FakeStore {
    pub(crate) fn open(&self) -> Result<Box<dyn SecretStore>, VaultError> {
        match self.state().opening.clone() {
            Some(error) => Err(error),
            None => Ok(Box::new(self.clone())),
        }
    }

    /// From now on it cannot be opened.
    pub(crate) fn fail_to_open(&self, error: VaultError) {
        self.state().opening = Some(error);
    }

    /// From now on every call fails so, or none.
    pub(crate) fn fail(&self, error: Option<VaultError>) {
        let mut state = self.state();
        state.reading.clone_from(&error);
        state.writing = error;
    }

    pub(crate) fn fail_writes(&self, error: Option<VaultError>) {
        self.state().writing = error;
    }

    pub(crate) fn limit_entries(&self, largest: usize) {
        self.state().largest = Some(largest);
    }

    /// Whether every call waits for somebody to answer a question.
    pub(crate) fn ask(&self, asks: bool) {
        self.state().asks = asks;
        self.0.answered.notify_all();
    }

    pub(crate) fn entries(&self) -> BTreeMap<(String, String), Vec<u8>> {
        self.state().entries.clone()
    }

    pub(crate) fn put(&self, name: &EntryName, bytes: &[u8]) {
        self.state().entries.insert((name.service.clone(), name.user.clone()), bytes.to_vec());
    }

    /// Removes everything, as the user can.
    pub(crate) fn clear(&self) {
        self.state().entries.clear();
    }

    pub(crate) fn reads(&self) -> usize {
        self.state().reads
    }

    pub(crate) fn writes(&self) -> usize {
        self.state().writes
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn answered(&self) -> MutexGuard<'_, State> {
        let unanswered = |state: &mut State| state.asks;
        self.0.answered.wait_while(self.state(), unanswered).unwrap_or_else(PoisonError::into_inner)
    }
}

impl SecretStore for FakeStore {
    fn kind(&self) -> StoreKind {
        StoreKind::SecretService
    }

    fn largest_entry(&self) -> usize {
        self.state().largest.unwrap_or(usize::MAX)
    }

    fn get(&self, name: &EntryName) -> Result<Option<Zeroizing<Vec<u8>>>, VaultError> {
        let mut state = self.answered();
        state.reads += 1;
        if let Some(error) = &state.reading {
            return Err(error.clone());
        }
        Ok(state.entries.get(&(name.service.clone(), name.user.clone())).cloned().map(Zeroizing::new))
    }

    fn set(&self, name: &EntryName, secret: &[u8]) -> Result<(), VaultError> {
        let mut state = self.answered();
        state.writes += 1;
        if let Some(error) = &state.writing {
            return Err(error.clone());
        }
        assert!(secret.len() <= state.largest.unwrap_or(usize::MAX), "an entry that does not fit");
        state.entries.insert((name.service.clone(), name.user.clone()), secret.to_vec());
        Ok(())
    }

    fn delete(&self, name: &EntryName) -> Result<bool, VaultError> {
        let mut state = self.answered();
        if let Some(error) = &state.writing {
            return Err(error.clone());
        }
        Ok(state.entries.remove(&(name.service.clone(), name.user.clone())).is_some())
    }
}
