use std::time::Duration;

use vestibule::{Diagnose, Disposition};

use crate::{NativeApp, NativeError, refresh::Wanted};

/// Whether the user is still signed in.
#[derive(Debug)]
pub enum SessionState {
    /// Yes, and the provider agrees.
    Live,
    /// No: signed out here or elsewhere, or never in. Nothing of a login is left on this machine.
    Gone,
    /// As far as this machine knows. The provider cannot be asked now, for this reason.
    Offline(NativeError),
}

/// How long the provider's word is taken for all processes of this machine.
const BELIEVED: Duration = Duration::from_secs(30);

impl NativeApp {
    /// Asks whether the user was signed out elsewhere: call it when a window gets the focus, or before something that
    /// matters. The provider is asked at most once in 30 seconds, by one process for all.
    ///
    /// # Errors
    /// Those of the secure store, and set-ups that do not work. An outage is none: it is [`SessionState::Offline`].
    pub async fn session_state(&self) -> Result<SessionState, NativeError> {
        match self.fresh(Wanted::Checked(BELIEVED)).await {
            Ok(_) => Ok(SessionState::Live),
            Err(error) if error.disposition() == Disposition::Gone => Ok(SessionState::Gone),
            Err(error) if is_outage(&error) => Ok(SessionState::Offline(error)),
            Err(error) => Err(error),
        }
    }
}

fn is_outage(error: &NativeError) -> bool {
    matches!(error, NativeError::Provider(_) | NativeError::Lock(_))
        && error.disposition() == Disposition::Retry
}
