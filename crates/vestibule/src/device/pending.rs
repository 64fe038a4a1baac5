use std::{fmt, time::Duration};

use super::{DeviceError, pace::Pace};
use crate::{Clock, CodeVerifier, DeviceCode, Diagnose, Disposition, TokenResponse, exchange::DeviceAnswer};

/// What asks for the outcome of a login on another device. It ends with the process: there is nothing to store.
pub struct PendingDeviceLogin {
    pub(crate) issuer: String,
    pub(crate) client_id: String,
    pub(crate) code: DeviceCode,
    pub(crate) verifier: CodeVerifier,
    /// Granted, and not verified yet, because the provider's keys were out of reach.
    pub(crate) granted: Option<TokenResponse>,
    pub(super) pace: Pace,
    /// By the monotonic clock.
    pub(super) expires_at: Duration,
}

impl PendingDeviceLogin {
    /// How long to wait before asking next: at least five seconds, longer when the provider says so or cannot answer.
    pub fn wait(&self) -> Duration {
        self.pace.pause()
    }

    /// How long the user still has, by the provider's [clock](crate::Provider::clock); zero when it is over.
    pub fn remaining(&self, clock: &dyn Clock) -> Duration {
        self.expires_at.saturating_sub(clock.monotonic())
    }

    /// Draws from an answer what it means for the next time. An attempt ends once.
    pub(crate) fn learn(&mut self, outcome: &Result<DeviceAnswer, DeviceError>) {
        self.pace.learn(outcome);
        let goes_on = match outcome {
            Ok(DeviceAnswer::Pending | DeviceAnswer::SlowDown) => true,
            Ok(DeviceAnswer::Granted(_)) => false,
            Err(error) => error.disposition() == Disposition::Retry,
        };
        if !goes_on {
            self.expires_at = Duration::ZERO;
        }
    }
}

impl fmt::Debug for PendingDeviceLogin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PendingDeviceLogin")
            .field("issuer", &self.issuer)
            .field("client_id", &self.client_id)
            .field("wait", &self.wait())
            .finish_non_exhaustive()
    }
}
