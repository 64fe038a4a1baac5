use std::time::Duration;

use metrics::{counter, gauge, histogram};

use super::code;
use crate::store::{Revoke, Stamped, StoreError};

/// There are that many logouts more, or fewer, that the store has not confirmed.
pub(crate) fn unconfirmed(before: usize, after: usize) {
    if before != after {
        gauge!("vestibule_unconfirmed_logouts").increment(after as f64 - before as f64);
    }
}

/// A logout that waits was offered to the store.
pub(crate) fn revocation_retried(outcome: &Result<Stamped<Revoke>, StoreError>) {
    counter!("vestibule_revocation_retries_total", "code" => code(outcome)).increment(1);
}

/// The store took a logout that had waited.
pub(crate) fn revocation_landed(waited: Duration) {
    let seconds = waited.as_secs();
    tracing::info!(event = "logout.landed", seconds, "the store took a logout that had waited");
    histogram!("vestibule_revocation_seconds").record(waited);
}

/// A logout that the store did not take could not wait either.
pub(crate) fn revocation_not_queued(reason: &'static str) {
    counter!("vestibule_revocations_lost_total", "reason" => reason).increment(1);
}

/// Logouts have waited in vain: there is no session any more that they strike.
pub(crate) fn revocations_lost(lost: usize) {
    tracing::error!(event = "logout.lost", lost, "logouts were heard that the store never took");
    counter!("vestibule_revocations_lost_total", "reason" => "outlived").increment(lost as u64);
}
