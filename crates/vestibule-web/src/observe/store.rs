use std::time::Duration;

use metrics::{counter, histogram};
use vestibule::Diagnose;

use crate::store::StoreError;

/// A call of the store was answered after a while.
pub(crate) fn store_waited(verb: &'static str, waited: Duration) {
    histogram!("vestibule_store_wait_seconds", "verb" => verb).record(waited);
}

/// A call of the store failed. Whoever made it says what follows.
pub(crate) fn store_failed(verb: &'static str, error: &StoreError) {
    let code = error.code();
    tracing::debug!(event = "store.failed", verb, code, "a call of the session store failed");
    counter!("vestibule_store_errors_total", "verb" => verb, "code" => code).increment(1);
}
