use crate::{Diagnose, Diagnosis, Disposition, RetryAfter, transport::TransportError};

/// A call of Scalekit's API failed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ScalekitError {
    /// The text is no id. Nothing was sent.
    #[error("that is no Scalekit id")]
    Id,
    /// The session does not exist, or is another user's. Nothing was revoked.
    #[error("the user has no such session")]
    NotTheUsers,
    /// The API refused two access tokens in a row: status 401.
    #[error("Scalekit does not let this client call its API")]
    Unauthorized,
    /// The API refused.
    #[error("Scalekit refused with status {status}")]
    Refused {
        /// The HTTP status.
        status: u16,
        /// Scalekit's own name for the fault, such as `SESSION_EXPIRED`: at most 64 letters, digits and underscores.
        error_code: Option<String>,
    },
    /// Scalekit cannot answer now, or has been asked too often: status 429 or 5xx.
    #[error("Scalekit's API is not available")]
    Unavailable {
        /// When it wants to be asked again.
        retry_after: Option<RetryAfter>,
    },
    /// The answer is not what the API documents.
    #[error("Scalekit's answer cannot be read")]
    InvalidResponse,
    /// No answer came.
    #[error(transparent)]
    Transport(#[from] TransportError),
}

impl Diagnose for ScalekitError {
    fn diagnosis(&self) -> Diagnosis {
        use Disposition::{Config, Reject, Retry};
        match self {
            Self::Id => Diagnosis::new("scalekit.id", Reject, "give `ses_` or `usr_` and digits"),
            Self::NotTheUsers => {
                Diagnosis::new("scalekit.not_the_users", Reject, "list the user's sessions again")
            }
            Self::Unauthorized => Diagnosis::new(
                "scalekit.unauthorized",
                Config,
                "switch on API access for this application in Scalekit's dashboard",
            ),
            Self::Refused { .. } => Diagnosis::new(
                "scalekit.refused",
                Reject,
                "look the `error_code` up in Scalekit's documentation",
            ),
            Self::Unavailable { .. } => {
                Diagnosis::new("scalekit.unavailable", Retry, "call less often, and again later")
            }
            Self::InvalidResponse => Diagnosis::new(
                "scalekit.invalid_response",
                Retry,
                "check that the issuer is a Scalekit environment; report it to Scalekit",
            ),
            Self::Transport(error) => error.diagnosis(),
        }
    }
}
