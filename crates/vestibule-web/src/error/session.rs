use std::sync::Arc;

use vestibule::{Diagnose, Diagnosis, Disposition, RefreshError};

use crate::store::{GoneReason, StoreError};

/// A session that is missing, has ended, or does not do what was asked.
#[derive(Clone, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SessionError {
    /// Nobody is signed in.
    #[error("nobody is signed in")]
    Required,
    /// The session has ended.
    #[error("the session has ended")]
    Gone(Option<GoneReason>),
    /// Another request changed the application's data meanwhile.
    #[error("the session's data was changed by another request")]
    Conflict,
    /// The application's data cannot be written or read in the asked type.
    #[error("the session's data does not have that shape")]
    Data,
    /// The application's data is larger than the limit that was set for it.
    #[error("the session's data is too large")]
    DataTooLarge,
    /// There is no access token, or it has ended and there is no refresh token to get another one with.
    #[error("the session has no access token that is still valid")]
    NoAccessToken,
    /// Another task or node is refreshing the tokens and has not finished in time.
    #[error("the tokens are being refreshed elsewhere")]
    RefreshBusy,
    /// An earlier refresh never told its outcome, and the provider no longer takes the refresh token (checklist D20).
    #[error("an unanswered refresh may have spent the refresh token")]
    RefreshUncertain,
    /// The tokens were not refreshed.
    #[error(transparent)]
    Refresh(Arc<RefreshError>),
    /// The session store failed.
    #[error(transparent)]
    Store(Arc<StoreError>),
    /// The random source failed.
    #[error(transparent)]
    Random(#[from] vestibule::RandomError),
    /// The session, with its claims and the application's data, is too large for cookies (checklist D05).
    #[error("the session does not fit into cookies")]
    TooLarge,
    /// A sealed session was asked for what only a store can do: tokens, a list of sessions, or a change after the
    /// answer has left.
    #[error("a session that is sealed in cookies cannot do this")]
    NeedsStore,
    /// A request that changes something does not come from one of the application's own pages (checklist D24).
    #[error("the request was not made by a page of this application")]
    Forged,
}

impl From<StoreError> for SessionError {
    fn from(error: StoreError) -> Self {
        Self::Store(Arc::new(error))
    }
}

impl From<RefreshError> for SessionError {
    fn from(error: RefreshError) -> Self {
        Self::Refresh(Arc::new(error))
    }
}

impl Diagnose for SessionError {
    fn diagnosis(&self) -> Diagnosis {
        use Disposition::{Config, Gone, Reject, Retry};
        match self {
            Self::Required => Diagnosis::new("auth.required", Reject, "log in"),
            Self::Gone(Some(GoneReason::Revoked)) => Diagnosis::new("session.revoked", Gone, "log in again"),
            Self::Gone(Some(GoneReason::Idle | GoneReason::Expired)) => {
                Diagnosis::new("session.expired", Gone, "log in again")
            }
            Self::Gone(None) => Diagnosis::new("session.gone", Gone, "log in again"),
            Self::Conflict => {
                Diagnosis::new("store.conflict", Retry, "read the data again and repeat the change")
            }
            Self::Data => {
                Diagnosis::new("session.data", Config, "read and write the session's data with the same type")
            }
            Self::DataTooLarge => Diagnosis::new(
                "session.data_too_large",
                Config,
                "keep large things in a database, or raise the limit",
            ),
            Self::NoAccessToken => Diagnosis::new(
                "session.no_access_token",
                Gone,
                "ask for the scope offline_access, or log in again",
            ),
            Self::RefreshBusy => Diagnosis::new("refresh.busy", Retry, "repeat the request"),
            Self::RefreshUncertain => Diagnosis::new("refresh.uncertain", Gone, "log in again"),
            Self::Refresh(error) => error.diagnosis(),
            Self::Store(error) => error.diagnosis(),
            Self::Random(error) => error.diagnosis(),
            Self::TooLarge => Diagnosis::new(
                "session.too_large",
                Config,
                "keep sessions in a store, put less into the session's data, or have the provider send fewer claims",
            ),
            Self::NeedsStore => Diagnosis::new(
                "session.needs_store",
                Config,
                "keep sessions in a store: RelyingPartyBuilder::stored_sessions",
            ),
            Self::Forged => {
                Diagnosis::new("csrf.rejected", Reject, "send the session's csrf token with the form")
            }
        }
    }
}
