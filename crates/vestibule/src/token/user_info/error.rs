use crate::{Diagnose, Diagnosis, Disposition, JwtError};

/// The claims about the user are not to be had, or not about this user (OpenID Connect Core section 5.3, checklist A28).
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum UserInfoError {
    /// The endpoint answered with another status than 200.
    #[error("the UserInfo endpoint answered with status {0}")]
    Status(u16),
    /// The answer is neither `application/json` nor `application/jwt` (section 5.3.2).
    #[error("the UserInfo answer is of another media type than JSON or JWT")]
    MediaType,
    /// The answer is no JSON object.
    #[error("the UserInfo answer is not a JSON object")]
    Malformed,
    /// The answer is not signed, and this client demands that it is (section 5.3.2).
    #[error("the UserInfo answer is not signed")]
    NotSigned,
    /// The signed answer breaks a rule that holds for every JWT.
    #[error("the UserInfo answer is not a valid JWT")]
    Jwt(#[source] JwtError),
    /// The JWT is of another kind than a UserInfo answer.
    #[error("the UserInfo answer is another kind of token")]
    WrongKind,
    /// `iss` of the signed answer is not the configured issuer (section 5.3.4).
    #[error("the UserInfo answer comes from another issuer")]
    IssuerMismatch,
    /// `aud` of the signed answer does not name this client (section 5.3.4).
    #[error("the UserInfo answer is for another client")]
    AudienceMismatch,
    /// The signed answer is not valid now (`exp`, `nbf`).
    #[error("the UserInfo answer is not valid now")]
    NotValidNow,
    /// `sub` is absent, or not the one of the ID token (section 5.3.2).
    #[error("the UserInfo answer is about another user")]
    SubjectMismatch,
}

impl Diagnose for UserInfoError {
    fn diagnosis(&self) -> Diagnosis {
        use Disposition::{Reject, Retry};
        let hint = match self {
            Self::Status(429 | 500..) => {
                let hint = "the provider cannot answer now; ask again later";
                return Diagnosis::new("userinfo.unavailable", Retry, hint);
            }
            Self::Status(_) => {
                let hint = "check that the access token is still valid and was granted the scope `openid`";
                return Diagnosis::new("userinfo.refused", Reject, hint);
            }
            Self::MediaType => {
                "check that the provider's `userinfo_endpoint` serves JSON or a JWT, and not a page"
            }
            Self::Malformed => "check that the provider's `userinfo_endpoint` serves a JSON object",
            Self::NotSigned => {
                "register the client with `userinfo_signed_response_alg`, or do not demand signed answers"
            }
            Self::Jwt(_) => "check the algorithm and the keys that the provider signs UserInfo answers with",
            Self::WrongKind => "check that the provider's `userinfo_endpoint` serves claims about the user",
            Self::IssuerMismatch | Self::AudienceMismatch => {
                "have the provider name itself in `iss` and this client in `aud` of signed UserInfo answers"
            }
            Self::NotValidNow => "synchronise the clocks of provider and application",
            Self::SubjectMismatch => "drop the answer; the provider mixed up two users or two tokens",
        };
        Diagnosis::new("userinfo.invalid", Reject, hint)
    }
}
