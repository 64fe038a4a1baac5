use std::{sync::Arc, time::Duration};

use crate::Random;

const FIRST: Duration = Duration::from_secs(1);
const LONGEST: Duration = Duration::from_secs(60);

/// Keeps a failing call from being repeated at once: a pause that doubles from 1 to 60 seconds, with jitter, during
/// which every caller gets the failure again (checklist E14, H01).
pub(crate) struct Backoff<E> {
    random: Arc<dyn Random>,
    failure: Option<Failure<E>>,
}

struct Failure<E> {
    error: Arc<E>,
    pause: Duration,
    over_at: Duration,
}

impl<E> Backoff<E>
where
    E: From<Repeated<E>>,
{
    pub(crate) fn new(random: Arc<dyn Random>) -> Self {
        Self { random, failure: None }
    }

    /// The last failure, while its pause is not over. `now` is monotonic.
    pub(crate) fn check(&self, now: Duration) -> Result<(), E> {
        match &self.failure {
            Some(failure) if now < failure.over_at => Err(Repeated(Arc::clone(&failure.error)).into()),
            _ => Ok(()),
        }
    }

    /// Notes how the call went.
    pub(crate) fn record<T>(&mut self, outcome: Result<T, E>, now: Duration) -> Result<T, E> {
        match outcome {
            Ok(value) => {
                self.failure = None;
                Ok(value)
            }
            Err(error) => {
                let pause = self.failure.take().map_or(FIRST, |failure| (failure.pause * 2).min(LONGEST));
                let error = Arc::new(error);
                self.failure = Some(Failure {
                    error: Arc::clone(&error),
                    pause,
                    over_at: now.saturating_add(self.with_jitter(pause)),
                });
                Err(Repeated(error).into())
            }
        }
    }

    /// Lengthens the present pause to what the other side asked for.
    pub(crate) fn pause_at_least(&mut self, pause: Duration, now: Duration) {
        if let Some(failure) = &mut self.failure {
            failure.over_at = failure.over_at.max(now.saturating_add(pause));
        }
    }

    /// Between three quarters of the pause and the whole of it, so that nodes do not come back in step.
    fn with_jitter(&self, pause: Duration) -> Duration {
        let mut byte = [0];
        // Without randomness the pause is merely not spread.
        let share = self.random.fill(&mut byte).map_or(255, |()| u32::from(byte[0]));
        pause * (768 + share) / 1024
    }
}

/// An error that several callers share.
#[derive(Debug)]
pub(crate) struct Repeated<E>(pub(crate) Arc<E>);
