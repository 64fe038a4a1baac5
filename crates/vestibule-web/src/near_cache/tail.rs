use std::{
    sync::{Weak, atomic::Ordering},
    time::Duration,
};

use tokio::{runtime::Handle, time};
use vestibule::Diagnose;

use crate::{
    observe,
    store::{Change, ChangeCursor, Changes, Stamped, StoreError},
};

use super::{
    channel::{Moment, Sent},
    store::NearStore,
};

/// How long to wait after the store failed.
const PAUSE: Duration = Duration::from_millis(200);

impl NearStore {
    /// Starts the task that reads the log with the first request, since a store is opened outside of a runtime. It ends
    /// with the store, or with the runtime of that request: the next request starts it anew then.
    pub(super) fn ensure_tailing(&self) {
        if self.is_tailing.load(Ordering::Relaxed) {
            return;
        }
        if let Ok(runtime) = Handle::try_current()
            && !self.is_tailing.swap(true, Ordering::Relaxed)
        {
            let tail = Tail { store: Weak::clone(&self.this), from: ChangeCursor::BEYOND, proven: None };
            runtime.spawn(tail.run());
        }
    }

    /// Obeys what the log tells.
    pub(super) fn obey(&self, changes: &Changes) {
        let Changes::Entries { entries, .. } = changes else { return };
        for entry in entries {
            match entry {
                Change::Ended(key) | Change::Replaced(key) => self.sessions.forget(key),
                Change::Revoked { scopes, cutoff, spared } => self.strikes.add(scopes, *cutoff, *spared),
            }
        }
    }

    fn forget_all(&self) {
        self.sessions.forget_all();
        self.coverage.forget_all();
    }
}

/// The one who reads the log. A call that waits for news is push, catching up, and proof that the log is in reach, in one.
struct Tail {
    store: Weak<NearStore>,
    from: ChangeCursor,
    /// The latest proof.
    proven: Option<Moment>,
}

impl Tail {
    async fn run(mut self) {
        while let Some(store) = self.store.upgrade() {
            let sent = store.channel.send(Moment::now(&*store.clock));
            // Less than half of the bound: the proof is as old as the call that waits, and the next one takes its time too.
            let patience = store.bound * 3 / 10;
            let told = time::timeout(patience + store.bound, store.store.changes(self.from, patience)).await;
            let told = told.unwrap_or(Err(StoreError::TimedOut));
            store.counts.tell(store.sessions.len() + store.coverage.len());
            match told {
                Ok(changes) => self.heard(&store, sent, changes),
                Err(error) => {
                    self.lost(&store, &error);
                    drop(store);
                    time::sleep(PAUSE).await;
                }
            }
        }
    }

    fn heard(&mut self, store: &NearStore, sent: Sent, Stamped { at, reply }: Stamped<Changes>) {
        let received = Moment::now(&*store.clock);
        store.time.observe(at, received.monotonic);
        store.obey(&reply);
        let is_whole = match reply {
            Changes::Entries { entries, next } => {
                self.from = next;
                entries.len() < Changes::MOST
            }
            Changes::Lagged { next } => {
                store.forget_all();
                self.from = next;
                true
            }
        };
        if is_whole {
            store.channel.prove(sent);
            match self.proven.replace(sent.at) {
                Some(before) => observe::near_cache_lag(received.since(before)),
                None => {
                    tracing::debug!(event = "near_cache.follows", "the near cache follows the store's log");
                }
            }
        }
    }

    /// What is at hand does not count any more, and is forgotten before it counts again: the log that goes on may be that of
    /// another engine, in which the same place has another meaning.
    fn lost(&mut self, store: &NearStore, error: &StoreError) {
        store.channel.lose();
        self.from = ChangeCursor::BEYOND;
        if self.proven.take().is_some() {
            tracing::warn!(
                event = "near_cache.lost",
                code = error.code(),
                "the store's log cannot be read: sessions are read from the store until it can"
            );
        }
    }
}

impl Drop for Tail {
    fn drop(&mut self) {
        if let Some(store) = self.store.upgrade() {
            store.is_tailing.store(false, Ordering::Relaxed);
        }
    }
}
