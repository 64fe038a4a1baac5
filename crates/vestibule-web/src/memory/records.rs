use std::{sync::Arc, time::Duration};

use slab::Slab;

use crate::{
    digest::DigestMap,
    store::{Scope, SessionKey, SessionRecord, StoreTime},
};

use super::{deadlines::Deadlines, index::ScopeIndex};

/// The stored records, and the ways to find them: by key, by scope, by the end of their lifetimes.
#[derive(Debug, Default)]
pub(super) struct Records {
    entries: Slab<Entry>,
    by_key: DigestMap<SessionKey, usize>,
    by_scope: ScopeIndex,
    lapses: Deadlines<usize>,
}

#[derive(Debug)]
struct Entry {
    record: Arc<SessionRecord>,
    /// When to look at its lifetimes: never later than the idle end, which only ever moves ahead.
    look_at: StoreTime,
}

/// A record whose time to be looked at had come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Lapse {
    /// Its lifetimes were over; it was deleted.
    Deleted,
    /// It was touched since.
    Postponed,
}

impl Records {
    pub(super) fn len(&self) -> usize {
        self.entries.len()
    }

    pub(super) fn contains(&self, key: &SessionKey) -> bool {
        self.by_key.contains_key(key)
    }

    pub(super) fn get(&self, key: &SessionKey) -> Option<&Arc<SessionRecord>> {
        self.at(*self.by_key.get(key)?)
    }

    /// For changes that neither delete the record nor let it listen to more.
    pub(super) fn get_mut(&mut self, key: &SessionKey) -> Option<&mut Arc<SessionRecord>> {
        let slot = *self.by_key.get(key)?;
        self.entries.get_mut(slot).map(|entry| &mut entry.record)
    }

    /// A key that is taken keeps its record.
    pub(super) fn insert(&mut self, record: Arc<SessionRecord>) {
        if self.contains(&record.key) {
            return;
        }
        let look_at = record.idle_end;
        let slot = self.entries.vacant_key();
        self.by_key.insert(record.key, slot);
        self.lapses.schedule(look_at, slot);
        self.index(&record, slot);
        self.entries.insert(Entry { record, look_at });
    }

    /// Takes note of the scopes that a record has come to listen to.
    pub(super) fn reindex(&mut self, key: &SessionKey) {
        if let Some(&slot) = self.by_key.get(key)
            && let Some(record) = self.at(slot).cloned()
        {
            self.index(&record, slot);
        }
    }

    pub(super) fn remove(&mut self, key: &SessionKey) -> bool {
        match self.by_key.get(key) {
            Some(&slot) => self.remove_at(slot),
            None => false,
        }
    }

    pub(super) fn at(&self, slot: usize) -> Option<&Arc<SessionRecord>> {
        self.entries.get(slot).map(|entry| &entry.record)
    }

    pub(super) fn remove_at(&mut self, slot: usize) -> bool {
        let Some(Entry { record, look_at }) = self.entries.try_remove(slot) else { return false };
        self.by_key.remove(&record.key);
        self.lapses.cancel(look_at, slot);
        for scope in &record.scopes {
            self.by_scope.remove(scope, slot);
        }
        true
    }

    /// The records that may listen to a scope.
    pub(super) fn candidates(&self, scope: &Scope) -> impl Iterator<Item = &Arc<SessionRecord>> {
        self.by_scope.candidates(scope, 0).filter_map(|slot| self.at(slot))
    }

    /// The number of the next record, `from` or more, that may listen to a scope.
    pub(super) fn next_candidate(&self, scope: &Scope, from: usize) -> Option<usize> {
        self.by_scope.candidates(scope, from).next()
    }

    /// Looks at the record that was to lapse first, if its time has come.
    pub(super) fn take_lapse(&mut self, now: StoreTime) -> Option<Lapse> {
        let slot = self.lapses.take_due(now, Duration::ZERO)?;
        let entry = self.entries.get_mut(slot)?;
        if now < entry.record.idle_end {
            entry.look_at = entry.record.idle_end;
            self.lapses.schedule(entry.look_at, slot);
            return Some(Lapse::Postponed);
        }
        self.remove_at(slot);
        Some(Lapse::Deleted)
    }

    fn index(&mut self, record: &SessionRecord, slot: usize) {
        for scope in &record.scopes {
            self.by_scope.insert(scope, slot);
        }
    }
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;

    use crate::store::{NewSession, PublicId, Realm, Retention, transition};

    use super::*;

    const LIFE: Duration = Duration::from_secs(60);

    #[test]
    fn nothing_is_left_of_what_was_removed() {
        let mut records = Records::default();
        for number in 0..4 {
            records.insert(record(number));
        }
        let later = StoreTime::from_millis(0).plus(LIFE / 2);
        for number in 0..4 {
            let record = records.get_mut(&key(number)).unwrap();
            transition::touch(record, later, LIFE);
        }
        let lapsed = StoreTime::from_millis(0).plus(LIFE);
        assert_eq!(records.take_lapse(lapsed), Some(Lapse::Postponed));
        for number in 0..4 {
            assert!(records.remove(&key(number)));
        }
        assert_eq!(records.len(), 0);
        assert!(records.by_key.is_empty());
        assert_eq!(records.next_candidate(&scope(), 0), None);

        records.insert(record(9));
        transition::touch(records.get_mut(&key(9)).unwrap(), later, LIFE);
        assert_eq!(
            records.take_lapse(lapsed),
            Some(Lapse::Postponed),
            "in the place of one that was removed"
        );
        assert_eq!(records.take_lapse(lapsed), None);
    }

    #[test]
    fn a_key_that_is_taken_keeps_its_record() {
        let mut records = Records::default();
        records.insert(record(1));
        let first = Arc::clone(records.get(&key(1)).unwrap());
        records.insert(record(1));
        assert!(Arc::ptr_eq(&first, records.get(&key(1)).unwrap()));
        assert_eq!(records.len(), 1);
    }

    fn record(number: u8) -> Arc<SessionRecord> {
        let session = NewSession {
            key: key(number),
            public_id: PublicId::from_bytes([number; 16]),
            subject: scope(),
            scopes: vec![scope()],
            began: StoreTime::from_millis(0),
            idle: LIFE,
            absolute: 10 * LIFE,
            label: Bytes::new(),
            grant: Bytes::new(),
            refresh: None,
            data: Bytes::new(),
        };
        let retention = Retention { cutoffs: 20 * LIFE, logout_ids: LIFE };
        Arc::new(transition::insert(session, StoreTime::from_millis(0), retention))
    }

    fn key(number: u8) -> SessionKey {
        SessionKey::from_bytes([number; 32])
    }

    fn scope() -> Scope {
        Realm::new("https://acme.example", "dashboard").subject("alice")
    }
}
