use vestibule::{ConfigError, Diagnose, Diagnosis, Disposition, RandomError, RefreshError};

use crate::{BrowserError, LockError, RedirectError, VaultError, WaitError};

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
    /// Several accounts have the label that was asked for.
    #[error("several accounts go by that name")]
    AmbiguousAccount,
    /// There is no way back from the browser, or what came back was not it.
    #[error(transparent)]
    Redirect(#[from] RedirectError),
    /// No page was shown.
    #[error(transparent)]
    Browser(#[from] BrowserError),
    /// Nobody answered.
    #[error(transparent)]
    Wait(#[from] WaitError),
    /// The tokens cannot be kept or read.
    #[error(transparent)]
    Vault(#[from] VaultError),
    /// Another process is at it.
    #[error(transparent)]
    Lock(#[from] LockError),
    /// There is no folder to keep anything in.
    #[error("there is no home folder")]
    NoHome,
    /// The thread of the calls that wait could not be started, or ended.
    #[error("calls that wait have no thread")]
    Blocking(#[source] std::io::Error),
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
            Self::AmbiguousAccount => Diagnosis::new(
                "native.account_ambiguous",
                Disposition::Config,
                "name the account by its subject, as `accounts --json` shows it",
            ),
            Self::Redirect(error) => error.diagnosis(),
            Self::Browser(error) => error.diagnosis(),
            Self::Wait(error) => error.diagnosis(),
            Self::Vault(error) => error.diagnosis(),
            Self::Lock(error) => error.diagnosis(),
            Self::NoHome => Diagnosis::new(
                "native.no_home",
                Disposition::Config,
                "set HOME, or give the application a folder for its state",
            ),
            Self::Blocking(_) => Diagnosis::new(
                "native.no_thread",
                Disposition::Retry,
                "see how many threads this user may have",
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
