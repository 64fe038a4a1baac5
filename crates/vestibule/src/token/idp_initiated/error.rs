use crate::{Diagnose, Diagnosis, Disposition};

/// An `idp_initiated_login` token was refused. No login is started because of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum IdpInitiatedLoginError {
    /// `typ` is there and is not `JWT` (RFC 8725 section 3.11).
    #[error("the token's type is not that of a request to log in")]
    WrongType,
    /// It names no connection or no organization, or it is an ID token, an access token, a logout token or an
    /// authorization response (RFC 8725 section 3.12).
    #[error("the token does not ask for a login at a connection of an organization")]
    WrongKind,
    /// `iss` is not the configured issuer, character by character.
    #[error("the request to log in comes from another issuer")]
    IssuerMismatch,
    /// `aud` is there, and does not name this client alone.
    #[error("the request to log in is for another client")]
    AudienceMismatch,
    /// `iat` is absent, no number, in the future, or more than five minutes old.
    #[error("the time of issue of the request to log in is missing or too far off")]
    IssuedAt,
    /// `exp` is absent, no number, or has passed.
    #[error("the request to log in has expired or does not say when it does")]
    Expired,
    /// `nbf` has not come yet, or is no number.
    #[error("the request to log in is not valid yet")]
    NotYetValid,
}

impl Diagnose for IdpInitiatedLoginError {
    fn diagnosis(&self) -> Diagnosis {
        let (code, hint) = match self {
            Self::WrongType => (
                "idp_initiated.wrong_type",
                "check that the provider put its own token into `idp_initiated_login`",
            ),
            Self::WrongKind => (
                "idp_initiated.wrong_kind",
                "check that the provider put its own token into `idp_initiated_login`",
            ),
            Self::IssuerMismatch => (
                "idp_initiated.issuer_mismatch",
                "check that the address for initiated logins is registered in this very environment",
            ),
            Self::AudienceMismatch => (
                "idp_initiated.audience_mismatch",
                "check that each application has registered its own address for initiated logins",
            ),
            Self::IssuedAt => {
                ("idp_initiated.issued_at", "start again at the tile; synchronise the clocks if this repeats")
            }
            Self::Expired => {
                ("idp_initiated.expired", "start again at the tile; synchronise the clocks if this repeats")
            }
            Self::NotYetValid => {
                ("idp_initiated.not_yet_valid", "synchronise the clocks of provider and application")
            }
        };
        Diagnosis::new(code, Disposition::Reject, hint)
    }
}
