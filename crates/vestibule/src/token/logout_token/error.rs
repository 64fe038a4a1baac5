use crate::{Diagnose, Diagnosis, Disposition};

/// A logout token was refused by a rule of OpenID Connect Back-Channel Logout section 2.6.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum LogoutTokenError {
    /// `typ` is that of another kind of token (section 2.4, checklist B06).
    #[error("the token's type is not that of a logout token")]
    WrongType,
    /// `events` has no member for back-channel logout whose value is an object (section 2.4, checklist B16).
    #[error("the token announces no logout")]
    Events,
    /// `iss` is not the configured issuer, character by character (section 2.6 (4), checklist B07).
    #[error("the logout token comes from another issuer")]
    IssuerMismatch,
    /// `aud` does not name this client, or names others that are not trusted (section 2.6 (4), checklist B09).
    #[error("the logout token is not for this client alone")]
    AudienceMismatch,
    /// `nonce` is there, whatever its value (section 2.4, checklist B17).
    #[error("the logout token has a nonce, as only ID tokens may")]
    NoncePresent,
    /// `iat` is absent, no number, in the future, or more than five minutes old (section 2.4, checklist B10).
    #[error("the logout token's time of issue is missing or too far off")]
    IssuedAt,
    /// `exp` is absent, no number, or has passed (section 2.4, checklist B11).
    #[error("the logout token has expired or does not say when it does")]
    Expired,
    /// Neither `sub` nor `sid` says who is logged out, or one is empty (section 2.6 (5), checklist B18).
    #[error("the logout token does not say who is logged out")]
    SubjectMissing,
    /// `sid` is absent and this client was registered to need it (section 2.2, checklist B19).
    #[error("the logout token does not say which session ended")]
    SidRequired,
}

impl Diagnose for LogoutTokenError {
    fn diagnosis(&self) -> Diagnosis {
        let (code, hint) = match self {
            Self::WrongType => {
                ("logout.wrong_type", "have the provider send logout tokens with `typ` set to `logout+jwt`")
            }
            Self::Events => (
                "logout.events",
                "check that the provider sends logout tokens to this address, with the member for back-channel logout",
            ),
            Self::IssuerMismatch => (
                "logout.issuer_mismatch",
                "check that the provider was given this application's address, and the issuer's exact spelling",
            ),
            Self::AudienceMismatch => (
                "logout.audience_mismatch",
                "check the client id; list further audiences as trusted if the provider is meant to add them",
            ),
            Self::NoncePresent => {
                ("logout.nonce_present", "have the provider leave `nonce` out of its logout tokens")
            }
            Self::IssuedAt => (
                "logout.issued_at",
                "synchronise the clocks, and have the provider send logout tokens at once",
            ),
            Self::Expired => (
                "logout.expired",
                "synchronise the clocks; a provider that sends no `exp` needs the setting `legacy_exp`",
            ),
            Self::SubjectMissing => ("logout.subject_missing", "have the provider send `sub`, `sid` or both"),
            Self::SidRequired => (
                "logout.sid_required",
                "register the client with `backchannel_logout_session_required`, or do not demand `sid`",
            ),
        };
        Diagnosis::new(code, Disposition::Reject, hint)
    }
}
