use std::sync::Arc;

use bytes::Bytes;

use super::{
    cache::KeyCache, error::KeysError, freshness, key_set::KeySet, snapshot::Snapshot, source::FetchKeys,
};
use crate::{Clock, RetryAfter, backoff::Repeated, observe};

/// One fetch of a key set. Dropped before its end, it counts as abandoned: the next caller starts over at once, but only
/// so often, lest callers that come and go drive the provider's load.
pub(super) struct Refresh<'a> {
    cache: &'a KeyCache,
    clock: &'a dyn Clock,
    finished: bool,
}

/// How many fetches in a row may be abandoned before that counts as a failure.
const ABANDONED_FREELY: u8 = 3;

impl<'a> Refresh<'a> {
    pub(super) fn begin(cache: &'a KeyCache, clock: &'a dyn Clock) -> Self {
        Self { cache, clock, finished: false }
    }

    /// Replaces the snapshot if a good set comes back. Otherwise the last good one stays.
    pub(super) async fn run(mut self, fetch: &impl FetchKeys) -> Result<Arc<KeySet>, KeysError> {
        let (outcome, asked_pause) = match fetch.fetch().await {
            Ok(response) => (self.read(&response), RetryAfter::read(response.headers(), self.clock.now())),
            Err(error) => {
                let asked_pause = error.retry_after();
                (Err(KeysError::unavailable(error)), asked_pause)
            }
        };
        self.finished = true;
        self.record(outcome, asked_pause)
    }

    fn read(&self, response: &http::Response<Bytes>) -> Result<Snapshot, KeysError> {
        if response.status() != http::StatusCode::OK {
            return Err(KeysError::unavailable(UnexpectedStatus(response.status())));
        }
        let keys = KeySet::parse(response.body())?;
        Ok(Snapshot::new(keys, self.clock.monotonic(), freshness::lifetime(response.headers())))
    }

    fn record(
        &self,
        outcome: Result<Snapshot, KeysError>,
        asked_pause: Option<RetryAfter>,
    ) -> Result<Arc<KeySet>, KeysError> {
        observe::fetched("keys", &outcome);
        let now = self.clock.monotonic();
        let mut state = self.cache.write();
        state.abandoned = 0;
        let outcome = state.backoff.record(outcome, now);
        if let Some(asked) = asked_pause {
            state.backoff.pause_at_least(asked.pause(), now);
        }
        let snapshot = outcome?;
        let keys = Arc::clone(&snapshot.keys);
        state.snapshot = Some(snapshot);
        self.cache.begin_generation();
        Ok(keys)
    }
}

impl Drop for Refresh<'_> {
    fn drop(&mut self) {
        if self.finished {
            return;
        }
        let now = self.clock.monotonic();
        let mut state = self.cache.write();
        state.abandoned = state.abandoned.saturating_add(1);
        if state.abandoned >= ABANDONED_FREELY {
            let failure = KeysError::unavailable(Abandoned);
            // Every caller that asks during the pause is told.
            let _ = state.backoff.record::<()>(Err(failure), now);
        }
    }
}

impl From<Repeated<Self>> for KeysError {
    fn from(repeated: Repeated<Self>) -> Self {
        Self::clone(&repeated.0)
    }
}

#[derive(Debug, thiserror::Error)]
#[error("`jwks_uri` answered with status {0}")]
struct UnexpectedStatus(http::StatusCode);

#[derive(Debug, thiserror::Error)]
#[error("the callers that fetched the key set went away before it came")]
struct Abandoned;
