//! One private key, as `openidconnect` and `jsonwebtoken` want it.

use std::fmt;

use aws_lc_rs::encoding::{AsDer, Pkcs8V1Der, PublicKeyX509Der};
use aws_lc_rs::hmac;
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair as _, RsaKeyPair,
    RsaPublicKeyComponents,
};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jsonwebtoken::crypto::aws_lc::DEFAULT_PROVIDER;
use jsonwebtoken::{DecodingKey, EncodingKey};
use openidconnect::core::{CoreJsonCurveType, CoreJsonWebKey, CoreJwsSigningAlgorithm};
use openidconnect::{JsonWebKeyId, PrivateSigningKey};

use crate::error::SigningError;
use crate::random;
use crate::signing_algorithm::SigningAlgorithm;

/// A private key and its public half.
pub(crate) struct SigningKey {
    kid: String,
    private: EncodingKey,
    public: PublicKey,
}

impl SigningKey {
    pub(crate) fn generate_rsa() -> Result<Self, SigningError> {
        let pair = RsaKeyPair::generate(KeySize::Rsa2048).map_err(|_| refused("make an RSA key"))?;
        let private: Pkcs8V1Der<'_> = pair.as_der().map_err(|_| refused("write an RSA key"))?;
        let spki: PublicKeyX509Der<'_> =
            pair.public_key().as_der().map_err(|_| refused("write an RSA public key"))?;
        let components = RsaPublicKeyComponents::<Vec<u8>>::from(pair.public_key());
        Ok(Self {
            kid: random::name("rsa-"),
            private: EncodingKey::from_rsa_pem(pem("PRIVATE KEY", private.as_ref()).as_bytes())
                .map_err(|_| refused("read an RSA key"))?,
            public: PublicKey::Rsa {
                n: components.n,
                e: components.e,
                pem: pem("PUBLIC KEY", spki.as_ref()),
            },
        })
    }

    pub(crate) fn generate_p256() -> Result<Self, SigningError> {
        let pair = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING)
            .map_err(|_| refused("make a P-256 key"))?;
        let private = pair.to_pkcs8v1().map_err(|_| refused("write a P-256 key"))?;
        // An uncompressed point: 04, then x and y of 32 bytes each.
        let point = pair.public_key().as_ref();
        let (Some(x), Some(y)) = (point.get(1..33), point.get(33..65)) else {
            return Err(refused("write a P-256 public key"));
        };
        Ok(Self {
            kid: random::name("p256-"),
            private: EncodingKey::from_ec_der(private.as_ref()),
            public: PublicKey::P256 { x: x.to_vec(), y: y.to_vec() },
        })
    }

    pub(crate) fn generate_ed25519() -> Result<Self, SigningError> {
        let pair = Ed25519KeyPair::generate().map_err(|_| refused("make an Ed25519 key"))?;
        let private = pair.to_pkcs8v1().map_err(|_| refused("write an Ed25519 key"))?;
        Ok(Self {
            kid: random::name("ed25519-"),
            private: EncodingKey::from_ed_der(private.as_ref()),
            public: PublicKey::Ed25519 { x: pair.public_key().as_ref().to_vec() },
        })
    }

    pub(crate) fn kid(&self) -> &str {
        &self.kid
    }

    /// The public half in the form that the HMAC confusion attack uses as a secret. RSA keys only.
    pub(crate) fn public_pem(&self) -> Option<&str> {
        match &self.public {
            PublicKey::Rsa { pem, .. } => Some(pem),
            PublicKey::P256 { .. } | PublicKey::Ed25519 { .. } => None,
        }
    }

    pub(crate) fn signature(
        &self,
        algorithm: SigningAlgorithm,
        message: &[u8],
    ) -> Result<Vec<u8>, SigningError> {
        let signer = (DEFAULT_PROVIDER.signer_factory)(&algorithm.jws(), &self.private)
            .map_err(|_| refused("use a key for another algorithm than its own"))?;
        signer.try_sign(message).map_err(|_| refused("sign"))
    }

    pub(crate) fn verifies(&self, algorithm: SigningAlgorithm, message: &[u8], signature: &[u8]) -> bool {
        let key = self.decoding_key();
        let Ok(verifier) = (DEFAULT_PROVIDER.verifier_factory)(&algorithm.jws(), &key) else { return false };
        verifier.verify(message, &signature.to_vec()).is_ok()
    }

    fn decoding_key(&self) -> DecodingKey {
        match &self.public {
            PublicKey::Rsa { n, e, .. } => DecodingKey::from_rsa_raw_components(n, e),
            PublicKey::P256 { x, y } => {
                let mut point = vec![0x04];
                point.extend_from_slice(x);
                point.extend_from_slice(y);
                DecodingKey::from_ec_der(&point)
            }
            PublicKey::Ed25519 { x } => DecodingKey::from_ed_der(x),
        }
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SigningKey").field("kid", &self.kid).finish_non_exhaustive()
    }
}

impl PrivateSigningKey for SigningKey {
    type VerificationKey = CoreJsonWebKey;

    fn sign(
        &self,
        algorithm: &CoreJwsSigningAlgorithm,
        message: &[u8],
    ) -> Result<Vec<u8>, openidconnect::SigningError> {
        let ours = SigningAlgorithm::of_core(algorithm)
            .ok_or_else(|| openidconnect::SigningError::UnsupportedAlg(format!("{algorithm:?}")))?;
        self.signature(ours, message).map_err(|_| openidconnect::SigningError::CryptoError)
    }

    fn as_verification_key(&self) -> CoreJsonWebKey {
        let kid = Some(JsonWebKeyId::new(self.kid.clone()));
        match &self.public {
            PublicKey::Rsa { n, e, .. } => CoreJsonWebKey::new_rsa(n.clone(), e.clone(), kid),
            PublicKey::P256 { x, y } => {
                CoreJsonWebKey::new_ec(x.clone(), y.clone(), CoreJsonCurveType::P256, kid)
            }
            PublicKey::Ed25519 { x } => CoreJsonWebKey::new_okp(x.clone(), CoreJsonCurveType::Ed25519, kid),
        }
    }
}

enum PublicKey {
    Rsa { n: Vec<u8>, e: Vec<u8>, pem: String },
    P256 { x: Vec<u8>, y: Vec<u8> },
    Ed25519 { x: Vec<u8> },
}

/// HS256: only ever used to misbehave.
pub(crate) fn hmac_sha256(secret: &[u8], message: &[u8]) -> Vec<u8> {
    hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, secret), message).as_ref().to_vec()
}

fn pem(label: &str, der: &[u8]) -> String {
    let body = STANDARD.encode(der);
    let mut text = format!("-----BEGIN {label}-----\n");
    for (at, letter) in body.chars().enumerate() {
        if at > 0 && at % 64 == 0 {
            text.push('\n');
        }
        text.push(letter);
    }
    text.push_str(&format!("\n-----END {label}-----\n"));
    text
}

fn refused(action: &'static str) -> SigningError {
    SigningError::Refused { action }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_key_verifies_what_it_signed_and_nothing_else() {
        let keys = [
            (SigningAlgorithm::Rs256, SigningKey::generate_rsa().unwrap()),
            (SigningAlgorithm::Ps256, SigningKey::generate_rsa().unwrap()),
            (SigningAlgorithm::Es256, SigningKey::generate_p256().unwrap()),
            (SigningAlgorithm::EdDsa, SigningKey::generate_ed25519().unwrap()),
        ];
        for (algorithm, key) in &keys {
            let signature = key.signature(*algorithm, b"message").unwrap();
            assert!(key.verifies(*algorithm, b"message", &signature), "{algorithm}");
            assert!(!key.verifies(*algorithm, b"another", &signature), "{algorithm}");
            assert!(key.signature(algorithm.of_another_key_type(), b"message").is_err(), "{algorithm}");
        }
    }
}
