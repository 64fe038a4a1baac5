use crate::{Diagnose, Diagnosis, Disposition};

/// A JWT was refused by a rule that holds for every kind of token.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum JwtError {
    /// Not three base64url parts of strict JSON (RFC 7515 section 7.1, RFC 8725 section 3.7; checklist A01, A03).
    ///
    /// JSON with repeated member names, or with a number that overflows, such as `1e400`, counts as malformed.
    #[error("the token is not a well-formed JWT")]
    Malformed,
    /// Above 16 KiB, or a header above 2 KiB, in encoded form (checklist A02).
    #[error("the token is too large")]
    TooLarge,
    /// `alg` is `none` in any spelling, or the signature is empty (RFC 8725 section 3.2, checklist A05).
    #[error("the token is not signed")]
    AlgNone,
    /// `alg` is absent, unknown, symmetric, or not among the allowed ones (RFC 8725 section 3.1; checklist A04, A06).
    #[error("the token is signed with an algorithm that is not allowed")]
    AlgNotAllowed,
    /// `crit` is present, or `b64` is not true (RFC 7515 section 4.1.11, RFC 7797 section 3; checklist A10).
    #[error("the token uses a header extension that is not supported")]
    CritUnsupported,
    /// The token is encrypted (OpenID Connect Core section 3.1.3.7 (1), checklist A13).
    #[error("the token is encrypted")]
    JweRefused,
    /// The issuer's key set has no key for the token, or too many to try (checklist A09, A11, E13, E19).
    #[error("the issuer has no key for the token")]
    KeyNotFound,
    /// The key that the token names cannot be used with its algorithm (RFC 7517 section 4; checklist A07, E20).
    #[error("the key named by the token does not fit its algorithm")]
    KeyUnsuitable,
    /// No key of the issuer confirms the signature (checklist A08, A12).
    #[error("the token's signature is not valid")]
    BadSignature,
    /// A claim that must be there is not.
    #[error("the token has no claim `{claim}`")]
    ClaimMissing {
        /// The claim's name.
        claim: &'static str,
    },
    /// A claim has another JSON type, or another form, than its definition says.
    #[error("the token's claim `{claim}` has the wrong type")]
    ClaimType {
        /// The claim's name.
        claim: &'static str,
    },
}

impl Diagnose for JwtError {
    fn diagnosis(&self) -> Diagnosis {
        let (code, hint) = match self {
            Self::Malformed => (
                "jwt.malformed",
                "check that the provider sends a JWT in compact form and that nothing cut it",
            ),
            Self::TooLarge => ("jwt.too_large", "have the provider put fewer claims into its tokens"),
            Self::AlgNone => {
                ("jwt.alg_none", "have the provider sign its tokens; unsigned ones are never accepted")
            }
            Self::AlgNotAllowed => (
                "jwt.alg_not_allowed",
                "allow the asymmetric algorithm that is registered for this client, or register an allowed one",
            ),
            Self::CritUnsupported => {
                ("jwt.crit_unsupported", "have the provider leave `crit` and `b64` out of the token's header")
            }
            Self::JweRefused => {
                ("jwt.jwe_refused", "switch off token encryption for this client at the provider")
            }
            Self::KeyNotFound => (
                "jwt.key_not_found",
                "check that the provider publishes the signing key, with its `kid`, at its own `jwks_uri`",
            ),
            Self::KeyUnsuitable => (
                "jwt.key_unsuitable",
                "have the provider publish the key with fitting `kty`, `crv`, `alg` and `use`, and RSA of at least 2048 bits",
            ),
            Self::BadSignature => (
                "jwt.bad_signature",
                "the token was altered or signed by someone else; check that the issuer is the right one",
            ),
            Self::ClaimMissing { .. } => {
                ("jwt.claim_missing", "have the provider put the named claim into the token")
            }
            Self::ClaimType { .. } => (
                "jwt.claim_type",
                "have the provider send the named claim in the type that its definition says",
            ),
        };
        Diagnosis::new(code, Disposition::Reject, hint)
    }
}
