use crate::{Diagnose, Diagnosis, Disposition};

/// An ID token was refused by a rule of OpenID Connect Core section 3.1.3.7 or 12.2.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum IdTokenError {
    /// `typ` is there and is not `JWT` (RFC 8725 section 3.11, checklist A14).
    #[error("the token's type is not that of an ID token")]
    WrongType,
    /// It is a logout token, an access token or an authorization response (RFC 8725 section 3.12, checklist A26).
    #[error("the token is of another kind than an ID token")]
    WrongKind,
    /// `iss` is not the configured issuer, character by character (Core 3.1.3.7 (2), checklist A15).
    #[error("the ID token comes from another issuer")]
    IssuerMismatch,
    /// `aud` does not name this client (Core 3.1.3.7 (3), checklist A16).
    #[error("the ID token is for another client")]
    AudienceMismatch,
    /// `aud` names others beside this client (Core 3.1.3.7 (3), checklist A17).
    #[error("the ID token is also for an audience that is not trusted")]
    UntrustedAudience,
    /// `azp` is there and is not this client (Core section 2, checklist A18).
    #[error("the ID token was issued to another client")]
    AzpMismatch,
    /// `exp` has passed (Core 3.1.3.7 (9), checklist A19).
    #[error("the ID token has expired")]
    Expired,
    /// `iat` is absent, no number, in the future, or at login more than ten minutes old (Core 3.1.3.7 (10), checklist
    /// A20).
    #[error("the ID token's time of issue is missing or too far off")]
    IssuedAt,
    /// `nbf` has not come yet, or is no number (RFC 7519 section 4.1.5, checklist A21).
    #[error("the ID token is not valid yet")]
    NotYetValid,
    /// `nonce` is not the one of this login (Core 3.1.3.7 (11), checklist A22).
    #[error("the ID token belongs to another login")]
    NonceMismatch,
    /// `sub` is absent, empty, longer than 255 characters, or not printable ASCII (Core section 2, checklist A23).
    #[error("the ID token does not name its user properly")]
    SubjectInvalid,
    /// `at_hash` or `c_hash` belongs to another access token or code (Core 3.1.3.8, 3.3.2.11; checklist A24).
    #[error("the ID token was issued with another access token or code")]
    HashMismatch,
    /// `auth_time` does not satisfy `max_age`, or `acr` is none of those that were essential (Core 3.1.3.7 (12, 13),
    /// RFC 9470 section 5; checklist A25).
    #[error("the user was not authenticated as recently or as strongly as asked")]
    AuthInsufficient,
    /// A refreshed ID token is not about the same login (Core section 12.2, checklist A27).
    #[error("the refreshed ID token has another `{claim}` than the first one")]
    IdentityChanged {
        /// The claim that differs.
        claim: &'static str,
    },
}

impl Diagnose for IdTokenError {
    fn diagnosis(&self) -> Diagnosis {
        let (code, hint) = match self {
            Self::WrongType => {
                ("id_token.wrong_type", "check that the provider put an ID token where one belongs")
            }
            Self::WrongKind => {
                ("id_token.wrong_kind", "check that the provider put an ID token where one belongs")
            }
            Self::IssuerMismatch => (
                "id_token.issuer_mismatch",
                "configure the issuer exactly as the provider writes it into `iss`, trailing slash included",
            ),
            Self::AudienceMismatch => {
                ("id_token.audience_mismatch", "check the client id, and that the provider is the right one")
            }
            Self::UntrustedAudience => (
                "id_token.untrusted_audience",
                "list the other audience as trusted if the provider is meant to add it",
            ),
            Self::AzpMismatch => (
                "id_token.azp_mismatch",
                "check the client id; set `azp` to be ignored if the provider misuses it",
            ),
            Self::Expired => ("id_token.expired", "log in again; synchronise the clocks if this repeats"),
            Self::IssuedAt => ("id_token.issued_at", "log in again; synchronise the clocks if this repeats"),
            Self::NotYetValid => {
                ("id_token.not_yet_valid", "synchronise the clocks of provider and application")
            }
            Self::NonceMismatch => {
                ("id_token.nonce_mismatch", "start a new login; the answer belongs to another one")
            }
            Self::SubjectInvalid => (
                "id_token.subject_invalid",
                "have the provider send a `sub` of 1 to 255 printable ASCII characters",
            ),
            Self::HashMismatch => (
                "id_token.hash_mismatch",
                "start a new login; the tokens of the answer do not belong together",
            ),
            Self::AuthInsufficient => (
                "id_token.auth_insufficient",
                "start a new login with `prompt=login` or a stronger `acr_values`",
            ),
            Self::IdentityChanged { .. } => {
                let hint = "log in again; the provider answered the refresh about another login";
                return Diagnosis::new("refresh.identity_changed", Disposition::Gone, hint);
            }
        };
        Diagnosis::new(code, Disposition::Reject, hint)
    }
}
