use std::sync::Arc;

use crate::{Diagnose, Diagnosis, Disposition};

/// The issuer's keys are not to be had. The keys that were good before stay in use meanwhile (checklist H05, H06).
#[derive(Clone, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum KeysError {
    /// The key set cannot be fetched, and none is at hand that is at most an hour past its time (checklist E14, E15).
    #[error("the issuer's key set cannot be fetched")]
    Unavailable {
        /// What the last attempt said.
        #[source]
        source: Arc<dyn std::error::Error + Send + Sync>,
    },
    /// The key set is above 256 KiB or has more than 100 keys (checklist E17).
    #[error("the issuer's key set is too large")]
    TooLarge,
    /// The key set has no key that can check a signature (checklist E18).
    #[error("the issuer's key set has no usable key")]
    NoUsableKey,
    /// What `jwks_uri` serves is no JWK set (RFC 7517 section 5).
    #[error("the issuer's key set is malformed")]
    Malformed,
}

impl KeysError {
    pub(super) fn unavailable(source: impl std::error::Error + Send + Sync + 'static) -> Self {
        Self::Unavailable { source: Arc::new(source) }
    }
}

impl Diagnose for KeysError {
    fn diagnosis(&self) -> Diagnosis {
        let (code, hint) = match self {
            Self::Unavailable { .. } => (
                "jwks.unavailable",
                "check that the provider's `jwks_uri` answers with status 200 from this machine",
            ),
            Self::TooLarge => ("jwks.too_large", "have the provider publish at most 100 keys in 256 KiB"),
            Self::NoUsableKey => (
                "jwks.no_usable_key",
                "have the provider publish an RSA key of 2048 to 8192 bits, a P-256, P-384 or Ed25519 key, for signatures",
            ),
            Self::Malformed => ("jwks.malformed", "check that `jwks_uri` serves a JWK set and not a page"),
        };
        Diagnosis::new(code, Disposition::Retry, hint)
    }
}
