use std::{
    collections::HashMap,
    fmt,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use tokio::sync::watch;
use tracing::Instrument;

use super::refresh::refresh;
use crate::{
    SessionError,
    engine::Engine,
    observe,
    store::{RefreshHash, SessionKey, SessionRecord},
};

type Outcome = Result<Arc<SessionRecord>, SessionError>;
/// Session and refresh token together: never a user or an audience alone (checklist D15).
type FlightKey = (SessionKey, RefreshHash);

/// How long a failed refresh is not repeated, unless the provider asks for more.
const PAUSE: Duration = Duration::from_secs(1);
/// How many refreshes that panic one caller waits for.
const PANICS: usize = 2;
/// How long a caller waits. The refresh goes on without it.
const PATIENCE: Duration = Duration::from_secs(30);

/// One refresh per refresh token in this process: the first caller starts it, all others wait for its outcome.
///
/// It runs in a task of its own, so that a caller who goes away takes nobody's tokens along (checklist D13, H18).
#[derive(Default)]
pub(crate) struct Flights(Arc<Mutex<HashMap<FlightKey, Flight>>>);

struct Flight {
    outcome: watch::Receiver<Option<Outcome>>,
    /// Once it has failed: until when, in monotonic time, that is the answer.
    failed_until: Option<Duration>,
}

impl Flights {
    pub(crate) async fn refresh(&self, engine: &Arc<Engine>, record: &Arc<SessionRecord>) -> Outcome {
        let Some(spent) = record.refresh else { return Err(SessionError::NoAccessToken) };
        let outcome = async {
            for _ in 0..PANICS {
                let mut outcome = self.join_or_start(engine, record, (record.key, spent));
                // The sender is dropped without an outcome only when the task panicked: the next caller takes its place.
                if let Ok(outcome) = outcome.wait_for(Option::is_some).await
                    && let Some(outcome) = outcome.clone()
                {
                    return outcome;
                }
            }
            Err(SessionError::RefreshBusy)
        };
        tokio::time::timeout(PATIENCE, outcome).await.unwrap_or(Err(SessionError::RefreshBusy))
    }

    fn join_or_start(
        &self,
        engine: &Arc<Engine>,
        record: &Arc<SessionRecord>,
        key: FlightKey,
    ) -> watch::Receiver<Option<Outcome>> {
        let now = engine.clock().monotonic();
        let mut flights = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(flight) = flights.get(&key)
            && flight.is_current(now)
        {
            return flight.outcome.clone();
        }
        let (sender, outcome) = watch::channel(None);
        flights.insert(key, Flight { outcome: outcome.clone(), failed_until: None });
        let (engine, record, flights) = (Arc::clone(engine), Arc::clone(record), Arc::clone(&self.0));
        let span = observe::refresh_span(&engine.correlation());
        let flight = async move {
            let tell = |outcome| drop(sender.send_replace(Some(outcome)));
            let outcome = refresh(&engine, &record, &|error| tell(Err(error))).await;
            observe::refresh_ended(&outcome, engine.clock().monotonic().saturating_sub(now));
            let mut flights = flights.lock().unwrap_or_else(PoisonError::into_inner);
            match &outcome {
                Ok(_) => drop(flights.remove(&key)),
                Err(error) => {
                    if let Some(flight) = flights.get_mut(&key) {
                        flight.failed_until =
                            Some(engine.clock().monotonic().saturating_add(pause_after(error)));
                    }
                }
            }
            drop(flights);
            tell(outcome);
        };
        tokio::spawn(flight.instrument(span));
        outcome
    }

    /// Forgets failures that nobody came back for.
    pub(crate) fn forget_old(&self, now: Duration) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).retain(|_, flight| flight.is_current(now));
    }
}

impl Flight {
    /// Under way, or failed so recently that asking again would be hammering.
    fn is_current(&self, now: Duration) -> bool {
        match self.failed_until {
            Some(failed_until) => now < failed_until,
            None => self.outcome.has_changed().is_ok(),
        }
    }
}

fn pause_after(error: &SessionError) -> Duration {
    let asked = match error {
        SessionError::Refresh(error) => error.retry_after(),
        _ => None,
    };
    asked.map_or(PAUSE, |asked| asked.pause().max(PAUSE))
}

impl fmt::Debug for Flights {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Flights(..)")
    }
}
