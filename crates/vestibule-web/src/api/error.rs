use std::sync::Arc;

use vestibule::{Diagnose, Diagnosis, Disposition};

use crate::{Requirement, StepUp, store::StoreError};

/// A call of an API that is refused.
#[derive(Clone, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ApiError {
    /// The request brings no access token (RFC 6750 section 3.1, checklist G07).
    #[error("the request brings no access token")]
    Required,
    /// The request is not one that a client should send; the text says why (RFC 6750 section 3.1, checklist G06).
    #[error("{0}")]
    Request(&'static str),
    /// The token is refused, or cannot be checked now.
    #[error(transparent)]
    Token(Arc<vestibule::Error>),
    /// The user has logged out since the token was made (checklist G13).
    #[error("the user has logged out")]
    Revoked,
    /// Whether the user has logged out cannot be told now.
    #[error(transparent)]
    Store(Arc<StoreError>),
    /// A service calls where only users may (RFC 9700 section 4.15, checklist G11).
    #[error("the access token belongs to a service, and only users may call")]
    SubjectKind,
    /// The token does not grant what is required. Holds what is missing.
    #[error("the access token does not grant: {0}")]
    Forbidden(Requirement),
    /// The user must authenticate anew, or more strongly (RFC 9470).
    #[error("the user must log in once more: {0}")]
    StepUp(StepUp),
}

impl From<vestibule::Error> for ApiError {
    fn from(error: vestibule::Error) -> Self {
        Self::Token(Arc::new(error))
    }
}

impl From<StoreError> for ApiError {
    fn from(error: StoreError) -> Self {
        Self::Store(Arc::new(error))
    }
}

impl Diagnose for ApiError {
    fn diagnosis(&self) -> Diagnosis {
        let (code, hint) = match self {
            Self::Token(error) => return error.diagnosis(),
            Self::Store(error) => return error.diagnosis(),
            Self::Required => ("auth.required", "send an access token: `Authorization: Bearer ...`"),
            Self::Request(_) => ("rs.request", "send one access token, in one Authorization header"),
            Self::Revoked => ("rs.revoked", "log in again and get a new access token"),
            Self::SubjectKind => ("rs.subject_kind", "send a token that a user has granted"),
            Self::Forbidden(missing) if missing.scopes().is_empty() => {
                ("guard.forbidden", "ask whoever grants rights at the provider")
            }
            Self::Forbidden(_) => ("rs.scope", "ask the provider for a token with the named scopes"),
            Self::StepUp(_) => {
                ("guard.step_up_required", "send the user to the provider with the named parameters")
            }
        };
        Diagnosis::new(code, Disposition::Reject, hint)
    }
}
