use std::time::Duration;

use vestibule::ProviderTime;

use super::Session;
use crate::{
    error::GuardError,
    guard::{Judgement, Requirement},
};

/// How many step-ups in a row are tried, and what counts as in a row.
const MOST_STEP_UPS: u8 = 3;
pub(super) const IN_A_ROW: Duration = Duration::from_secs(60);

impl Session {
    /// Whether the user meets a requirement. For handlers that learn only from the request what it needs; the answer that
    /// follows the error is the one that [`Visit::admit`](crate::Visit::admit) gives.
    ///
    /// # Errors
    /// [`GuardError::Forbidden`] when a right is missing. [`GuardError::StepUpRequired`] when the user must log in once
    /// more; [`GuardError::StepUpFailed`] when they just did, three times in a row, in vain.
    pub fn require(&self, requirement: &Requirement) -> Result<(), GuardError> {
        let engine = &self.0.engine;
        let now = engine.clock().now();
        match requirement.judge(self.authority(), now, engine.client.policy().allowed_clock_skew()) {
            Judgement::Allowed => Ok(()),
            Judgement::Forbidden(missing) => {
                tracing::info!(event = "guard.forbidden", %missing, "a user lacks a right");
                Err(GuardError::Forbidden(missing))
            }
            Judgement::StepUp(_) if self.is_stepped_up_in_vain(now) => Err(GuardError::StepUpFailed),
            Judgement::StepUp(needs) => Err(GuardError::StepUpRequired(needs)),
        }
    }

    /// Requirements of several layers may exclude each other, which none of them can see.
    fn is_stepped_up_in_vain(&self, now: ProviderTime) -> bool {
        let is_recent = || self.identity().is_ok_and(|identity| now.since(identity.issued_at()) < IN_A_ROW);
        self.standing().step_ups >= MOST_STEP_UPS && is_recent()
    }
}
