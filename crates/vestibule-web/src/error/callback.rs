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
    /// The application's `on_login` did not answer in time.
    #[error("the application took too long to accept the login")]
    ApplicationTimedOut,
    /// A login that was to confirm a user brought another one (checklist C22).
    #[error("another user logged in than the one who was to confirm it")]
    SubjectChanged,
    /// The access token is not about the user who logged in.
    #[error("the access token belongs to another user")]
    ForeignAccessToken,
    /// The browser loads the login page in advance; nobody asked to log in.
    #[error("a login is not started by a prefetch")]
    Prefetch,
    /// A third party asked for a login that is not started (OpenID Connect Core section 4, checklist C20).
    #[error("a login that a third party asked for was not started: {0}")]
    InitiationRefused(Uninvited),
}

/// Why a login that a third party asked for is not started.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Uninvited {
    /// `iss` is not the configured issuer, character by character, or is missing.
    #[error("its issuer is not ours")]
    Issuer,
    /// `target_link_uri` is no page of this application (checklist C18).
    #[error("its target is no page of this application")]
    Target,
    /// A parameter is repeated, too long, or cannot be read.
    #[error("its parameters cannot be read")]
    Parameter,
    /// Its token was used before.
    #[error("its token was used before")]
    Replayed,
    /// The provider sends the user here to tell of an error.
    #[error("the provider told of an error")]
    ProviderError,
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
            Self::ApplicationTimedOut => Diagnosis::new(
                "login.application_timeout",
                Retry,
                "make the application's on_login quicker, or give it more time",
            ),
            Self::SubjectChanged => Diagnosis::new(
                "callback.subject_changed",
                Reject,
                "log in as the user who is signed in here, or log out first",
            ),
            Self::ForeignAccessToken => Diagnosis::new(
                "login.foreign_access_token",
                Reject,
                "the provider issued an access token for another user than the ID token; report it",
            ),
            Self::InitiationRefused(_) => Diagnosis::new(
                "login.initiation_refused",
                Reject,
                "log in from a page of the application; the address that the provider has for initiated logins may be wrong",
            ),
            Self::Prefetch => Diagnosis::new("login.prefetch", Reject, "open the page to log in"),
        }
    }
}
