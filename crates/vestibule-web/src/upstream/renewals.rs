use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use crate::{Session, store::SessionKey};

/// How long a session's token is not renewed again because the API refused it: one that refuses every token must not make
/// every call one to the provider.
const PAUSE: Duration = Duration::from_secs(60);
/// How many sessions are remembered.
const MOST: usize = 10_000;

/// When tokens were last renewed because the API refused them, in monotonic time.
#[derive(Clone, Debug, Default)]
pub(super) struct Renewals(Arc<Mutex<HashMap<SessionKey, Duration>>>);

impl Renewals {
    /// Whether the session's token may be renewed for a refusal now. Asking takes the chance.
    pub(super) fn may_renew(&self, session: &Session) -> bool {
        let (key, now) = (session.key(), session.monotonic());
        let mut renewals = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if renewals.len() >= MOST {
            renewals.retain(|_, last| now.saturating_sub(*last) < PAUSE);
        }
        let is_pausing = renewals.get(&key).is_some_and(|last| now.saturating_sub(*last) < PAUSE);
        if is_pausing || renewals.len() >= MOST {
            return false;
        }
        renewals.insert(key, now);
        true
    }
}
