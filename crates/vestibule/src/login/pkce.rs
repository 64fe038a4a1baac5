use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use crate::{CodeVerifier, Random, RandomError};

/// 256 bits as 43 URL-safe characters: fit for `state`, `nonce` and code verifiers (RFC 7636 section 4.1).
pub(crate) fn random_token(random: &dyn Random) -> Result<String, RandomError> {
    let mut bytes = Zeroizing::new([0; 32]);
    random.fill(bytes.as_mut())?;
    Ok(BASE64_URL_SAFE_NO_PAD.encode(bytes.as_ref()))
}

/// The S256 challenge; `plain` does not exist here (RFC 7636 section 4.2, checklist C13).
pub(crate) fn challenge(verifier: &CodeVerifier) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(Sha256::digest(verifier.expose()))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 7636 appendix B.
    #[test]
    fn c13_challenge_matches_the_specification() {
        let verifier = CodeVerifier::new("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk");
        assert_eq!(challenge(&verifier), "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM");
    }
}
