use std::sync::Arc;

use vestibule::{Diagnose, Diagnosis, Disposition, transport::TransportError};

/// A call to an API that was not made, or brought no answer.
#[derive(Clone, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum UpstreamError {
    /// The call is not one that may be carried there (checklist D25). Nothing was sent.
    #[error("the call is not relayed: its {0} is not allowed")]
    Denied(&'static str),
    /// The body is longer than the relay takes. Nothing was sent.
    #[error("the body is too large to be relayed")]
    TooLarge,
    /// The API answered with a redirect, which is never followed with a token.
    #[error("the API answered with a redirect")]
    Redirected,
    /// No answer came within the limits.
    #[error("the API cannot be reached")]
    Unavailable(#[source] Arc<TransportError>),
}

impl From<TransportError> for UpstreamError {
    fn from(error: TransportError) -> Self {
        Self::Unavailable(Arc::new(error))
    }
}

impl Diagnose for UpstreamError {
    fn diagnosis(&self) -> Diagnosis {
        use Disposition::{Config, Reject, Retry};
        match self {
            Self::Denied(_) => Diagnosis::new(
                "proxy.denied",
                Reject,
                "call a plain path below the relay, by a method that it allows",
            ),
            Self::TooLarge => {
                Diagnosis::new("proxy.too_large", Reject, "send less, or raise the upstream's body limit")
            }
            Self::Redirected => Diagnosis::new(
                "proxy.redirect",
                Config,
                "give the API's final address; redirects are not followed",
            ),
            Self::Unavailable(_) => {
                Diagnosis::new("proxy.unavailable", Retry, "check the API and the network between")
            }
        }
    }
}
