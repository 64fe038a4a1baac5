use std::sync::{Arc, Weak, atomic::Ordering};

use tokio::{runtime::Handle, task::JoinSet, time};
use vestibule::Diagnose;

use super::{
    Queued, RevocationQueue,
    backoff::{Backoff, Pause},
};
use crate::{
    observe,
    store::{NodeStore, Revoke, Stamped},
};

/// How many are offered side by side to a store that takes them.
const SIDE_BY_SIDE: usize = 16;

/// Starts to offer the store what waits for it, unless somebody does already. That ends with the runtime of whoever started
/// it; the next request starts it anew.
pub(crate) fn ensure_running(store: &Arc<NodeStore>) {
    let queue = &store.queue;
    if queue.is_empty() || queue.is_landing.load(Ordering::Relaxed) || !queue.is_waiting() {
        return;
    }
    if let Ok(runtime) = Handle::try_current()
        && !queue.is_landing.swap(true, Ordering::AcqRel)
    {
        runtime.spawn(land(Arc::downgrade(store), Landing(Some(Arc::clone(queue)))));
    }
}

/// Tells when it is dropped that nobody lands logouts any more.
struct Landing(Option<Arc<RevocationQueue>>);

impl Drop for Landing {
    fn drop(&mut self) {
        if let Some(queue) = &self.0 {
            queue.is_landing.store(false, Ordering::Release);
        }
    }
}

async fn land(store: Weak<NodeStore>, mut landing: Landing) {
    let Some(queue) = landing.0.clone() else { return };
    let mut backoff = Backoff::default();
    loop {
        queue.pause(backoff.next(queue.random.as_ref())).await;
        let Some(store) = store.upgrade() else { return };
        if offer_all(&store).await {
            queue.is_landing.store(false, Ordering::Release);
            // One may have come since, whose sender saw this task at work.
            if !queue.is_waiting() || queue.is_landing.swap(true, Ordering::AcqRel) {
                landing.0 = None;
                return;
            }
            backoff = Backoff::default();
        }
    }
}

impl RevocationQueue {
    async fn pause(&self, Pause { at_least, at_most }: Pause) {
        time::sleep(at_least).await;
        let rest = at_most.saturating_sub(at_least);
        // Whichever comes first only leads to another try.
        let _ = time::timeout(rest, self.answers.notified()).await;
    }
}

/// Whether the store took all that waited. One goes first; a store that does not take it is not asked for the others.
async fn offer_all(store: &Arc<NodeStore>) -> bool {
    let mut side_by_side = 1;
    loop {
        let batch = store.queue.change(|entries| entries.next(side_by_side));
        if batch.is_empty() {
            return true;
        }
        let mut offers = JoinSet::new();
        for queued in batch {
            let store = Arc::clone(store);
            offers.spawn(async move { offer(&store, &queued).await });
        }
        let mut all = true;
        while let Some(taken) = offers.join_next().await {
            all &= taken.unwrap_or(false);
        }
        if !all {
            return false;
        }
        side_by_side = SIDE_BY_SIDE;
    }
}

async fn offer(store: &NodeStore, queued: &Queued) -> bool {
    let queue = &store.queue;
    let outcome = store.revoke(queued.to_revocation()).await;
    observe::revocation_retried(&outcome);
    match outcome {
        Ok(Stamped { reply: Revoke::Replayed, .. })
            if queue.change(|entries| entries.withdraw_replay(queued)) =>
        {
            tracing::warn!(
                event = "logout.replay_dropped",
                "a logout that waited had been carried out before"
            );
            queue.strike_off(queued).await;
            true
        }
        Ok(Stamped { at, .. }) => {
            let now = store.clock.monotonic();
            if queue.change(|entries| entries.taken(queued, now, false)) {
                observe::revocation_landed(at.since(queued.heard));
                queue.strike_off(queued).await;
            }
            true
        }
        Err(error) => {
            queue.change(|entries| entries.maybe_taken(queued));
            tracing::debug!(
                event = "logout.waits",
                code = error.code(),
                "the store does not take a logout yet"
            );
            false
        }
    }
}
