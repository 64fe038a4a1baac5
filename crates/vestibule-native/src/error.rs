use vestibule::{ConfigError, Diagnose, Diagnosis, Disposition, RandomError, RefreshError};

/// What kept a native application from doing what it was asked.
///
/// Its [`code`](Diagnose::code) names the rule, its [`disposition`](Diagnose::disposition) says what may follow:
/// only [`Disposition::Gone`] means that nobody is signed in any more.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum NativeError {
    /// Nobody is signed in: never, no longer, or not in the account that was asked for.
    #[error("nobody is signed in")]
    NotSignedIn,
    /// The application called the login off (checklist F09).
    #[error("the login was called off")]
    Cancelled,
    /// The provider, or what came from it.
    #[error(transparent)]
    Provider(#[from] vestibule::Error),
}

impl Diagnose for NativeError {
    fn diagnosis(&self) -> Diagnosis {
        match self {
            Self::NotSignedIn => Diagnosis::new(
                "native.not_signed_in",
                Disposition::Gone,
                "log in; whoever signs out anywhere is signed out here too",
            ),
            Self::Cancelled => Diagnosis::new(
                "native.cancelled",
                Disposition::Reject,
                "nothing was kept; log in again when the user wants to",
            ),
            Self::Provider(error) => error.diagnosis(),
        }
    }
}

impl From<ConfigError> for NativeError {
    fn from(error: ConfigError) -> Self {
        Self::Provider(error.into())
    }
}

impl From<RefreshError> for NativeError {
    fn from(error: RefreshError) -> Self {
        Self::Provider(error.into())
    }
}

impl From<RandomError> for NativeError {
    fn from(error: RandomError) -> Self {
        Self::Provider(error.into())
    }
}
