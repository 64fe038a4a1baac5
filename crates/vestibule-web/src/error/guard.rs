use vestibule::{Diagnose, Diagnosis, Disposition};

use crate::guard::{Requirement, StepUp};

/// A signed-in user who may not go on.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum GuardError {
    /// A right is missing; holds which.
    #[error("this needs {0}")]
    Forbidden(Requirement),
    /// The user must log in once more, more strongly or more recently (RFC 9470).
    #[error("this needs a login with {0}")]
    StepUpRequired(StepUp),
    /// The provider was asked, and did not log the user in as strongly or as recently as was asked.
    #[error("the provider did not confirm the login as strongly or as recently as was asked")]
    StepUpFailed,
}

impl Diagnose for GuardError {
    fn diagnosis(&self) -> Diagnosis {
        let (code, hint) = match self {
            Self::Forbidden(_) => (
                "guard.forbidden",
                "ask an administrator for the right, and log in again once it was granted",
            ),
            Self::StepUpRequired(_) => {
                ("guard.step_up_required", "go to the login path of the answer, with return_to added")
            }
            Self::StepUpFailed => (
                "guard.step_up_failed",
                "check that the provider supports `acr_values` and `max_age`, and that these name contexts of its own",
            ),
        };
        Diagnosis::new(code, Disposition::Reject, hint)
    }
}
