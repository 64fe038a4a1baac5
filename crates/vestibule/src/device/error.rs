use crate::{
    Diagnose, Diagnosis, Disposition, ProviderRefusal, RetryAfter,
    transport::{TransportError, TransportErrorKind},
};

/// A login on another device did not come about (RFC 8628 section 3.5, checklist F14). After a `Retry` error the same
/// attempt may be asked about again.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DeviceError {
    /// The provider has no endpoint for it.
    #[error("the provider offers no login on another device")]
    NotOffered,
    /// The user took too long, or the attempt has ended before.
    #[error("the login on another device is over")]
    Expired,
    /// The user, or the provider on their behalf, said no.
    #[error("the login was refused on the other device")]
    Denied,
    /// The provider refused by the rules.
    #[error("the provider refused a login on another device: {0}")]
    Refused(ProviderRefusal),
    /// The answer breaks a rule, or has something in it that must not be shown; the text names the member.
    #[error("the provider's answer to a login on another device has no proper {0}")]
    InvalidResponse(&'static str),
    /// The provider says that it cannot answer now (checklist E22, H13).
    #[error("the provider cannot answer to a login on another device now")]
    Unavailable {
        /// When it wants to be asked again.
        retry_after: Option<RetryAfter>,
    },
    /// No answer came.
    #[error("the provider gave no answer to a login on another device")]
    Transport(#[source] TransportError),
}

impl DeviceError {
    /// When the provider wants to be asked again.
    pub fn retry_after(&self) -> Option<RetryAfter> {
        match self {
            Self::Unavailable { retry_after } => *retry_after,
            _ => None,
        }
    }
}

impl Diagnose for DeviceError {
    fn diagnosis(&self) -> Diagnosis {
        use Disposition::{Config, Reject, Retry};
        match self {
            Self::NotOffered => Diagnosis::new(
                "native.device_not_offered",
                Config,
                "switch on the device flow at the provider, or log in with a browser on this machine",
            ),
            Self::Expired => Diagnosis::new("native.device_expired", Reject, "start the login again"),
            Self::Denied => Diagnosis::new(
                "native.device_denied",
                Reject,
                "start the login again if it was refused by mistake",
            ),
            Self::Refused(refusal) if refusal.error() == "invalid_grant" => {
                Diagnosis::new("native.device_refused", Reject, "start the login again; its code is spent")
            }
            Self::Refused(_) => Diagnosis::new(
                "native.device_refused",
                Config,
                "check the client id, its scopes, and that it may use the device flow",
            ),
            Self::InvalidResponse(_) => Diagnosis::new(
                "native.device_invalid",
                Retry,
                "the provider's answer breaks RFC 8628; report it to the provider",
            ),
            Self::Transport(error) if error.kind() == TransportErrorKind::Redirected => error.diagnosis(),
            Self::Unavailable { .. } | Self::Transport(_) => Diagnosis::new(
                "native.device_unavailable",
                Retry,
                "the provider is down or out of reach; it is asked again more slowly",
            ),
        }
    }
}
