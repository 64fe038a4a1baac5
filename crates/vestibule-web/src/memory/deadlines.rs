use std::{collections::BTreeSet, time::Duration};

use crate::store::StoreTime;

/// What is due when. Each key is scheduled at most once: whoever moves it cancels first.
#[derive(Debug)]
pub(super) struct Deadlines<K>(BTreeSet<(StoreTime, K)>);

impl<K: Ord> Deadlines<K> {
    pub(super) fn schedule(&mut self, at: StoreTime, key: K) {
        self.0.insert((at, key));
    }

    pub(super) fn cancel(&mut self, at: StoreTime, key: K) {
        self.0.remove(&(at, key));
    }

    /// Takes out the earliest whose moment lies `grace` or more back.
    pub(super) fn take_due(&mut self, now: StoreTime, grace: Duration) -> Option<K> {
        let (at, _) = self.0.first()?;
        if now < at.plus(grace) {
            return None;
        }
        self.0.pop_first().map(|(_, key)| key)
    }
}

impl<K> Default for Deadlines<K> {
    fn default() -> Self {
        Self(BTreeSet::new())
    }
}
