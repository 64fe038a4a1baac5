//! Confirming sessions at a provider whose logouts cannot reach this application.

use std::{
    fmt,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use vestibule::{Diagnose, Disposition};

use super::{end, grant};
use crate::{
    SessionError,
    engine::Engine,
    store::{SessionRecord, StoreTime},
};

/// How long nobody's session is confirmed after the provider could not tell: an outage is not to slow down every request.
const PAUSE: Duration = Duration::from_secs(10);

/// How long a session may go without the provider's word for it.
pub(crate) struct Revalidation {
    every: Duration,
    /// In monotonic time.
    rests_until: Mutex<Duration>,
}

impl Revalidation {
    pub(crate) fn new(every: Duration) -> Self {
        Self { every, rests_until: Mutex::default() }
    }

    /// How long a session lives that cannot be confirmed.
    pub(super) fn longest_unconfirmed(&self) -> Duration {
        self.every
    }

    /// How long until it is due for this session.
    pub(super) fn due_in(&self, record: &SessionRecord, now: StoreTime) -> Duration {
        if record.created <= now && now.since(record.created) < self.every {
            return self.every.saturating_sub(now.since(record.created));
        }
        let confirmed = grant::public(&record.grant).and_then(|public| public.confirmed());
        let confirmed = confirmed.unwrap_or(record.created);
        // A store whose clock was set back cannot say how long ago that was.
        if confirmed > now { Duration::ZERO } else { self.every.saturating_sub(now.since(confirmed)) }
    }

    fn rests(&self, now: Duration) -> bool {
        now < *self.rests_until.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn rest_from(&self, now: Duration) {
        *self.rests_until.lock().unwrap_or_else(PoisonError::into_inner) = now.saturating_add(PAUSE);
    }
}

/// A live session as it is after the provider was asked about it, where that is due; `None` when it has ended there. An
/// outage ends no session (checklist D18, H03).
pub(crate) async fn confirm(
    engine: &Arc<Engine>,
    record: Arc<SessionRecord>,
    now: StoreTime,
) -> Result<Option<Arc<SessionRecord>>, SessionError> {
    let Some(revalidation) = &engine.revalidation else { return Ok(Some(record)) };
    if !revalidation.due_in(&record, now).is_zero() || revalidation.rests(engine.clock().monotonic()) {
        return Ok(Some(record));
    }
    match engine.flights.refresh(engine, &record).await {
        Ok(confirmed) => Ok(Some(confirmed)),
        Err(error) if error.disposition() == Disposition::Gone => {
            if matches!(error, SessionError::NoAccessToken) {
                end(engine, &record.key).await?;
            }
            Ok(None)
        }
        Err(error) => {
            if matches!(error, SessionError::Refresh(_)) {
                revalidation.rest_from(engine.clock().monotonic());
            }
            Ok(Some(record))
        }
    }
}

impl fmt::Debug for Revalidation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Revalidation").field("every", &self.every).finish_non_exhaustive()
    }
}
