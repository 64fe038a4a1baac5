use crate::{Diagnose, Diagnosis, Disposition};

/// An access token was refused by a rule of RFC 9068 section 4, or of the policy that stands in for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum AccessTokenError {
    /// The token is of another kind: by `typ`, or by its claims where the policy goes by them (RFC 9068 section 4,
    /// RFC 8725 section 3.12; checklist G01, B25).
    #[error("the token is no access token")]
    WrongType,
    /// `iss` is none of the configured issuers, character by character (checklist G02, G12).
    #[error("the access token comes from another issuer")]
    IssuerMismatch,
    /// `aud` names nothing that this API accepts (RFC 9068 section 4, checklist G03).
    #[error("the access token is not for this API")]
    AudienceMismatch,
    /// A claim is missing, empty, or of another type than its definition says (RFC 9068 section 2.2, checklist G04).
    #[error("the access token has no proper `{claim}`")]
    Claim {
        /// The claim's name.
        claim: &'static str,
    },
    /// `exp` has passed (RFC 9068 section 4, checklist G04).
    #[error("the access token has expired")]
    Expired,
    /// `iat` or `nbf` lies in the future (RFC 7519 sections 4.1.5, 4.1.6; checklist G04).
    #[error("the access token is not valid yet")]
    NotYetValid,
    /// The token is bound to a key by DPoP, which a Bearer request does not prove (RFC 9449 section 7.1, checklist G08).
    #[error("the access token is bound to a key and must not be sent as Bearer")]
    BoundToKey,
    /// The token is bound to a certificate, or in an unknown way (RFC 8705 section 3, RFC 7800; checklist G09).
    #[error("the access token is bound to its sender and must not be sent as Bearer")]
    BoundToSender,
}

impl Diagnose for AccessTokenError {
    fn diagnosis(&self) -> Diagnosis {
        let (code, hint) = match self {
            Self::WrongType => (
                "rs.wrong_type",
                "send an access token, not an ID token; a provider without `typ: at+jwt` needs AccessTokenPolicy::untyped",
            ),
            Self::IssuerMismatch => (
                "rs.issuer",
                "check that caller and API use the same provider, and the issuer's exact spelling",
            ),
            Self::AudienceMismatch => (
                "rs.audience",
                "ask the provider for a token for this API, or list the audience that its tokens have",
            ),
            Self::Claim { .. } => (
                "rs.claims",
                "have the provider put the named claim into its access tokens, in its defined type",
            ),
            Self::Expired => {
                ("rs.claims", "get a new access token; synchronise the clocks if it was just issued")
            }
            Self::NotYetValid => ("rs.claims", "synchronise the clocks of provider and API"),
            Self::BoundToKey => ("rs.dpop", "send a token without `cnf`; DPoP proofs are not supported here"),
            Self::BoundToSender => {
                ("rs.cnf", "send a token without `cnf`; sender-constrained tokens are not supported here")
            }
        };
        Diagnosis::new(code, Disposition::Reject, hint)
    }
}
