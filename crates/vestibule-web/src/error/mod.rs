//! What can go wrong above the provider client: one enum per fault, one mapping to HTTP.

mod callback;
mod config;
mod form;
mod guard;
mod logout;
mod respond;
mod session;
mod upstream;

use vestibule::{Diagnose, Diagnosis};

pub use callback::{LoginError, Uninvited};
pub use config::ConfigError;
pub use form::FormError;
pub use guard::GuardError;
pub use logout::LogoutError;
pub(crate) use respond::{problem, problem_with, respond};
pub use session::SessionError;
pub use upstream::UpstreamError;

use crate::store::StoreError;

/// Everything that an endpoint of the engine may answer with instead of success.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The provider, or an answer of it.
    #[error(transparent)]
    Provider(#[from] vestibule::Error),
    /// The session store.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A login that did not become a session.
    #[error(transparent)]
    Login(#[from] LoginError),
    /// A logout that was not carried out.
    #[error(transparent)]
    Logout(#[from] LogoutError),
    /// A session that is missing or does not do what was asked.
    #[error(transparent)]
    Session(#[from] SessionError),
    /// A signed-in user who may not go on.
    #[error(transparent)]
    Guard(#[from] GuardError),
    /// A call to an API in the user's name.
    #[error(transparent)]
    Upstream(#[from] UpstreamError),
    /// A form of the application's own.
    #[error(transparent)]
    Form(#[from] FormError),
}

impl Diagnose for Error {
    fn diagnosis(&self) -> Diagnosis {
        match self {
            Self::Provider(error) => error.diagnosis(),
            Self::Store(error) => error.diagnosis(),
            Self::Login(error) => error.diagnosis(),
            Self::Logout(error) => error.diagnosis(),
            Self::Session(error) => error.diagnosis(),
            Self::Guard(error) => error.diagnosis(),
            Self::Upstream(error) => error.diagnosis(),
            Self::Form(error) => error.diagnosis(),
        }
    }
}

impl Error {
    pub(crate) fn from_callback(error: vestibule::CallbackError) -> Self {
        Self::Provider(error.into())
    }
}

impl From<vestibule::RandomError> for Error {
    fn from(error: vestibule::RandomError) -> Self {
        Self::Provider(error.into())
    }
}
