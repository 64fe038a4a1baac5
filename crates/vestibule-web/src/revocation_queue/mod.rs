//! Logouts that the store could not take: in effect on this node at once, and offered to the store until it has them.
//!
//! A provider sends a logout once, as a rule, and hardly ever again. So a logout that was verified is not forgotten with
//! the failure that it is answered with (checklist BM08). It keeps the moment at which it was first heard: whoever logs in
//! after that stays (BM09).

mod backoff;
mod entries;
mod in_effect;
mod journal;
mod keep;
mod landing;
mod queued;
mod struck;

use std::{
    fmt,
    sync::{
        Arc, PoisonError, RwLock,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    time::Duration,
};

use tokio::sync::Notify;
use vestibule::Random;

use self::{
    entries::{Entries, Kept, MOST},
    in_effect::InEffect,
    queued::Name,
};
pub(crate) use self::{journal::Journal, keep::Asked, landing::ensure_running, queued::Queued};
use crate::{
    observe,
    store::{LogoutId, Scope, SessionKey, SessionRecord, StoreTime},
};

/// The logouts of one relying party that its store has not taken yet.
pub(crate) struct RevocationQueue {
    entries: RwLock<Entries>,
    /// How many entries there are: while there are none, that is all that anybody looks at.
    count: AtomicUsize,
    is_landing: AtomicBool,
    /// Notified when the store answers, whatever it was asked.
    answers: Notify,
    /// How long the store would remember a cutoff.
    retention: Duration,
    random: Arc<dyn Random>,
    journal: Option<Journal>,
}

impl RevocationQueue {
    /// A queue that goes on with what its journal has, if it has one.
    pub(crate) fn new(retention: Duration, random: Arc<dyn Random>, journal: Option<Journal>) -> Self {
        let queue = Self {
            entries: RwLock::default(),
            count: AtomicUsize::new(0),
            is_landing: AtomicBool::new(false),
            answers: Notify::new(),
            retention,
            random,
            journal: None,
        };
        let known = journal.as_ref().map(Journal::read).unwrap_or_default();
        for queued in known {
            queue.change(|entries| entries.keep(queued, true));
        }
        Self { journal, ..queue }
    }

    /// Whether a logout that the store may not know of ends a session.
    pub(crate) fn covers(&self, key: &SessionKey, scopes: &[Scope], began: StoreTime) -> bool {
        !self.is_empty() && self.read(|entries| entries.covers(key, scopes, began))
    }

    /// As [`covers`](Self::covers), for a session that was read.
    pub(crate) fn covers_record(&self, record: &SessionRecord) -> bool {
        self.covers(&record.key, &record.scopes, record.began)
    }

    /// The moment at which a logout was first heard, if the store failed then.
    pub(crate) fn first_heard(&self, logout: &LogoutId) -> Option<StoreTime> {
        if self.is_empty() { None } else { self.read(|entries| entries.first_heard(logout)) }
    }

    /// The provider is told that a logout was carried out which it heard to have failed before. `now` is monotonic.
    pub(crate) async fn confirm(&self, queued: &Queued, now: Duration) {
        if !self.is_empty() && self.change(|entries| entries.taken(queued, now, true)) {
            self.strike_off(queued).await;
        }
    }

    /// Whether there is no room for one more.
    pub(crate) fn is_full(&self) -> bool {
        !self.is_empty() && self.read(Entries::waiting) >= MOST
    }

    /// The store answered something: it may take what waits.
    pub(crate) fn store_answered(&self) {
        if !self.is_empty() && self.is_waiting() {
            self.answers.notify_one();
        }
    }

    /// Forgets what can matter no more. `now` is monotonic.
    pub(crate) async fn forget_old(&self, store: Option<StoreTime>, now: Duration) {
        if self.is_empty() {
            return;
        }
        let lost = self.change(|entries| entries.forget_old(store, now, self.retention));
        if !lost.is_empty() {
            observe::revocations_lost(lost.len());
        }
        for queued in &lost {
            self.strike_off(queued).await;
        }
    }

    fn is_waiting(&self) -> bool {
        self.read(Entries::waiting) > 0
    }

    fn is_empty(&self) -> bool {
        self.count.load(Ordering::Acquire) == 0
    }

    /// Enters one in the journal that waits.
    async fn write_down(&self, queued: &Queued) {
        let Some(journal) = &self.journal else { return };
        journal.write(queued).await;
        // The store may have been quicker than the disk.
        if !self.read(|entries| entries.is_waiting(queued)) {
            journal.remove(queued).await;
        }
    }

    async fn strike_off(&self, queued: &Queued) {
        if let Some(journal) = &self.journal {
            journal.remove(queued).await;
        }
    }

    fn read<T>(&self, read: impl FnOnce(&Entries) -> T) -> T {
        read(&self.entries.read().unwrap_or_else(PoisonError::into_inner))
    }

    fn change<T>(&self, change: impl FnOnce(&mut Entries) -> T) -> T {
        let mut entries = self.entries.write().unwrap_or_else(PoisonError::into_inner);
        let before = entries.waiting();
        let outcome = change(&mut entries);
        self.count.store(entries.len(), Ordering::Release);
        observe::unconfirmed(before, entries.waiting());
        outcome
    }
}

impl fmt::Debug for RevocationQueue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RevocationQueue").field("journal", &self.journal).finish_non_exhaustive()
    }
}
