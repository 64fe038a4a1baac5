use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use sha2::{Digest, Sha256, Sha384, Sha512};
use subtle::ConstantTimeEq;

use super::{super::claims::Claims, error::IdTokenError};
use crate::Algorithm;

/// Checks `at_hash` or `c_hash`, where it is present: the left half of the digest of `value`, by the hash function of the
/// token's algorithm (OpenID Connect Core sections 3.1.3.6, 3.3.2.11).
pub(super) fn check_hash(
    claims: &Claims,
    claim: &'static str,
    value: Option<&str>,
    algorithm: Algorithm,
) -> Result<(), IdTokenError> {
    let (Some(found), Some(value)) = (claims.get(claim), value) else { return Ok(()) };
    let expected = left_half(algorithm, value);
    let agrees = found.as_str().is_some_and(|found| found.as_bytes().ct_eq(expected.as_bytes()).into());
    if agrees { Ok(()) } else { Err(IdTokenError::HashMismatch) }
}

fn left_half(algorithm: Algorithm, value: &str) -> String {
    let digest = match algorithm {
        Algorithm::Rs256 | Algorithm::Ps256 | Algorithm::Es256 => Sha256::digest(value).to_vec(),
        Algorithm::Rs384 | Algorithm::Ps384 | Algorithm::Es384 => Sha384::digest(value).to_vec(),
        // Ed25519 signs with SHA-512 (RFC 8032 section 5.1).
        Algorithm::Rs512 | Algorithm::Ps512 | Algorithm::EdDsa | Algorithm::Ed25519 => {
            Sha512::digest(value).to_vec()
        }
    };
    BASE64_URL_SAFE_NO_PAD.encode(digest.iter().take(digest.len() / 2).copied().collect::<Vec<_>>())
}
