use std::{
    fmt,
    hash::BuildHasherDefault,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use quick_cache::{
    Weighter,
    sync::{Cache, DefaultLifecycle},
};

use crate::{
    digest::{Prefix, prefix},
    store::{SessionKey, SessionRecord, StoreTime, transition},
};

use super::{
    gate::{Gate, Ticket},
    strikes::Strikes,
    weight::{self, Bounds},
};

/// The sessions that were live when the store was last asked about them.
pub(super) struct CachedSessions {
    entries: Cache<SessionKey, Arc<Entry>, BySize, BuildHasherDefault<Prefix>>,
    gate: Gate,
}

/// A session as the store told it.
pub(super) struct Entry {
    pub(super) record: Arc<SessionRecord>,
    /// When it told so.
    pub(super) at: StoreTime,
    /// Up to which strike it was held against them.
    checked: AtomicU64,
}

impl Entry {
    /// Whether it is still live `at` this moment, as far as is known here. One whose lifetimes look lapsed is not: another
    /// node may have touched it.
    pub(super) fn is_live(&self, at: StoreTime, strikes: &Strikes) -> bool {
        let Self { record, checked, .. } = self;
        if transition::lapsed(record, at).is_some() {
            return false;
        }
        let before = checked.load(Ordering::Relaxed);
        let Some(now) = strikes.spare(before, &record.key, &record.scopes, record.began) else {
            return false;
        };
        if now != before {
            checked.store(now, Ordering::Relaxed);
        }
        true
    }
}

impl CachedSessions {
    pub(super) fn new(bounds: Bounds) -> Self {
        let entries = Cache::with(
            bounds.items,
            bounds.bytes,
            BySize(bounds),
            BuildHasherDefault::default(),
            DefaultLifecycle::default(),
        );
        Self { entries, gate: Gate::new() }
    }

    pub(super) fn get(&self, key: &SessionKey) -> Option<Arc<Entry>> {
        self.entries.get(key)
    }

    /// To be taken before the store is asked about the session.
    pub(super) fn ticket(&self, key: &SessionKey) -> Ticket<'_> {
        self.gate.ticket(prefix(key.as_bytes()))
    }

    /// Remembers what the store told `at` this time, if nothing changed since the ticket was taken; it was held against
    /// the strikes up to `checked`.
    pub(super) fn keep(&self, ticket: Ticket<'_>, record: &Arc<SessionRecord>, at: StoreTime, checked: u64) {
        let entry = Entry { record: Arc::clone(record), at, checked: AtomicU64::new(checked) };
        ticket.redeem(|| self.entries.insert(record.key, Arc::new(entry)));
    }

    /// Remembers that the session was touched, if it is at hand and nothing else happened to it since.
    pub(super) fn touch(&self, ticket: Ticket<'_>, key: &SessionKey, at: StoreTime, idle_end: StoreTime) {
        let Some(entry) = self.entries.peek(key) else { return };
        let mut record = Arc::clone(&entry.record);
        let changed = Arc::make_mut(&mut record);
        changed.last_seen = changed.last_seen.max(at);
        changed.idle_end = changed.idle_end.max(idle_end);
        self.keep(ticket, &record, entry.at, entry.checked.load(Ordering::Relaxed));
    }

    pub(super) fn forget(&self, key: &SessionKey) {
        self.gate.forget(prefix(key.as_bytes()), || drop(self.entries.remove(key)));
    }

    pub(super) fn forget_all(&self) {
        self.gate.forget_all(|| self.entries.clear());
    }

    pub(super) fn len(&self) -> usize {
        self.entries.len()
    }
}

#[derive(Clone, Copy)]
struct BySize(Bounds);

impl Weighter<SessionKey, Arc<Entry>> for BySize {
    fn weight(&self, _: &SessionKey, entry: &Arc<Entry>) -> u64 {
        self.0.weight(weight::of_record(&entry.record))
    }
}

impl fmt::Debug for CachedSessions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CachedSessions").field("sessions", &self.len()).finish_non_exhaustive()
    }
}
