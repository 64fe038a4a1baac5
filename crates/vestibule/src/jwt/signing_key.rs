use aws_lc_rs::{
    error::KeyRejected,
    rand::SystemRandom,
    signature::{
        ECDSA_P256_SHA256_FIXED_SIGNING, ECDSA_P384_SHA384_FIXED_SIGNING, EcdsaKeyPair,
        EcdsaSigningAlgorithm, Ed25519KeyPair, KeyPair, RSA_PKCS1_SHA256, RSA_PKCS1_SHA384, RSA_PKCS1_SHA512,
        RSA_PSS_SHA256, RSA_PSS_SHA384, RSA_PSS_SHA512, RsaEncoding, RsaKeyPair,
    },
};

use crate::{
    Algorithm,
    keys::{Curve, KeyMaterial},
};

/// A key pair as AWS-LC holds it, which wipes it when it is dropped.
pub(crate) enum SigningKey {
    Rsa(RsaKeyPair),
    Ecdsa(EcdsaKeyPair, Curve),
    Ed25519(Ed25519KeyPair),
}

impl SigningKey {
    /// Reads PKCS#8 (RFC 5208, RFC 5958).
    pub(crate) fn from_pkcs8(der: &[u8]) -> Option<Self> {
        let rsa = || RsaKeyPair::from_pkcs8(der).map(Self::Rsa);
        let ecdsa = |curve: Curve| {
            EcdsaKeyPair::from_pkcs8(curve.signing(), der).map(|pair| Self::Ecdsa(pair, curve))
        };
        let ed25519 = || Ed25519KeyPair::from_pkcs8(der).map(Self::Ed25519);
        rsa()
            .or_else(|_| ecdsa(Curve::P256))
            .or_else(|_| ecdsa(Curve::P384))
            .or_else(|_: KeyRejected| ed25519())
            .ok()
    }

    /// Reads the `RSAPrivateKey` of PKCS#1 (RFC 8017 appendix A.1.2).
    pub(crate) fn from_pkcs1(der: &[u8]) -> Option<Self> {
        RsaKeyPair::from_der(der).map(Self::Rsa).ok()
    }

    /// Reads the `ECPrivateKey` of SEC 1 (RFC 5915).
    pub(crate) fn from_sec1(der: &[u8]) -> Option<Self> {
        let read = |curve: Curve| {
            EcdsaKeyPair::from_private_key_der(curve.signing(), der).map(|pair| Self::Ecdsa(pair, curve))
        };
        read(Curve::P256).or_else(|_| read(Curve::P384)).ok()
    }

    /// The algorithms that it can sign with; the first one is the usual one.
    pub(crate) fn algorithms(&self) -> &'static [Algorithm] {
        use Algorithm::{Ed25519, EdDsa, Es256, Es384, Ps256, Ps384, Ps512, Rs256, Rs384, Rs512};
        match self {
            Self::Rsa(_) => &[Rs256, Rs384, Rs512, Ps256, Ps384, Ps512],
            Self::Ecdsa(_, Curve::P256) => &[Es256],
            Self::Ecdsa(_, Curve::P384) => &[Es384],
            Self::Ed25519(_) => &[EdDsa, Ed25519],
        }
    }

    /// Its public half.
    pub(crate) fn public(&self) -> Option<KeyMaterial> {
        match self {
            Self::Rsa(pair) => {
                let (modulus, exponent) = rsa_numbers(pair.public_key().as_ref())?;
                Some(KeyMaterial::Rsa { modulus, exponent })
            }
            Self::Ecdsa(pair, curve) => {
                let point = pair.public_key().as_ref().strip_prefix(&[0x04])?;
                let (x, y) = point.split_at_checked(curve.coordinate_length())?;
                Some(KeyMaterial::Ec { curve: *curve, x: x.to_vec(), y: y.to_vec() })
            }
            Self::Ed25519(pair) => {
                Some(KeyMaterial::Ed25519 { x: pair.public_key().as_ref().try_into().ok()? })
            }
        }
    }

    /// Signs `input`; `None` when the key does not go with the algorithm, or AWS-LC has no randomness.
    pub(crate) fn sign(&self, algorithm: Algorithm, input: &[u8]) -> Option<Vec<u8>> {
        if !self.algorithms().contains(&algorithm) {
            return None;
        }
        let random = SystemRandom::new();
        match self {
            Self::Rsa(pair) => {
                let mut signature = vec![0; pair.public_modulus_len()];
                pair.sign(rsa_encoding(algorithm)?, &random, input, &mut signature).ok()?;
                Some(signature)
            }
            Self::Ecdsa(pair, _) => Some(pair.sign(&random, input).ok()?.as_ref().to_vec()),
            Self::Ed25519(pair) => Some(pair.sign(input).as_ref().to_vec()),
        }
    }
}

impl Curve {
    pub(crate) fn signing(self) -> &'static EcdsaSigningAlgorithm {
        match self {
            Self::P256 => &ECDSA_P256_SHA256_FIXED_SIGNING,
            Self::P384 => &ECDSA_P384_SHA384_FIXED_SIGNING,
        }
    }
}

fn rsa_encoding(algorithm: Algorithm) -> Option<&'static dyn RsaEncoding> {
    Some(match algorithm {
        Algorithm::Rs256 => &RSA_PKCS1_SHA256,
        Algorithm::Rs384 => &RSA_PKCS1_SHA384,
        Algorithm::Rs512 => &RSA_PKCS1_SHA512,
        Algorithm::Ps256 => &RSA_PSS_SHA256,
        Algorithm::Ps384 => &RSA_PSS_SHA384,
        Algorithm::Ps512 => &RSA_PSS_SHA512,
        _ => return None,
    })
}

/// The two numbers of a DER `RSAPublicKey` (RFC 8017 appendix A.1.1), without leading zeros.
fn rsa_numbers(der: &[u8]) -> Option<(Vec<u8>, Vec<u8>)> {
    const SEQUENCE: u8 = 0x30;
    const INTEGER: u8 = 0x02;
    let (numbers, _) = der_value(SEQUENCE, der)?;
    let (modulus, rest) = der_value(INTEGER, numbers)?;
    let (exponent, _) = der_value(INTEGER, rest)?;
    let significant = |number: &[u8]| number.iter().copied().skip_while(|byte| *byte == 0).collect();
    Some((significant(modulus), significant(exponent)))
}

/// The content of the first DER value, which has this tag, and what follows it.
fn der_value(tag: u8, der: &[u8]) -> Option<(&[u8], &[u8])> {
    let (first, rest) = der.strip_prefix(&[tag])?.split_first()?;
    let (length, rest) = match first {
        short @ 0..=0x7f => (usize::from(*short), rest),
        long => {
            let (bytes, rest) = rest.split_at_checked(usize::from(long & 0x7f))?;
            let length = bytes
                .iter()
                .try_fold(0_usize, |length, byte| length.checked_mul(256)?.checked_add(usize::from(*byte)))?;
            (length, rest)
        }
    };
    rest.split_at_checked(length)
}
