use vestibule::{Diagnose, Diagnosis, Disposition};

/// A login that the provider granted and that did not become a session here.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum LoginError {
    /// A logout was heard after this login began (checklist BM02). A fresh login works.
    #[error("the user was logged out while logging in")]
    SessionRevoked,
    /// The application's `on_login` refused the user.
    #[error("the application refused the login")]
    RefusedByApplication,
    /// The application's `on_login` failed.
    #[error("the application could not accept the login")]
    ApplicationFailed,
    /// The browser loads the login page in advance; nobody asked to log in.
    #[error("a login is not started by a prefetch")]
    Prefetch,
}

impl Diagnose for LoginError {
    fn diagnosis(&self) -> Diagnosis {
        use Disposition::{Reject, Retry};
        match self {
            Self::SessionRevoked => Diagnosis::new(
                "callback.session_revoked",
                Reject,
                "log in again; the logout was meant for what came before",
            ),
            Self::RefusedByApplication => Diagnosis::new(
                "login.refused",
                Reject,
                "this account may not use the application; ask its administrator",
            ),
            Self::ApplicationFailed => Diagnosis::new(
                "login.application_failed",
                Retry,
                "the application's on_login failed; see its log",
            ),
            Self::Prefetch => Diagnosis::new("login.prefetch", Reject, "open the page to log in"),
        }
    }
}
