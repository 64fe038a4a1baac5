use async_trait::async_trait;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED, ECDSA_P384_SHA384_FIXED, ED25519, ParsedPublicKey, RSA_PKCS1_2048_8192_SHA256,
    RSA_PKCS1_2048_8192_SHA384, RSA_PKCS1_2048_8192_SHA512, RSA_PSS_2048_8192_SHA256,
    RSA_PSS_2048_8192_SHA384, RSA_PSS_2048_8192_SHA512, RsaParameters, RsaPublicKeyComponents,
    VerificationAlgorithm,
};

use super::signature::{SignatureJob, SignatureVerifier};
use crate::{Algorithm, keys::KeyMaterial};

/// Checks signatures with AWS-LC. The default on native targets; it has no state.
#[derive(Clone, Copy, Debug, Default)]
pub struct AwsLc;

#[async_trait]
impl SignatureVerifier for AwsLc {
    async fn is_valid(&self, job: SignatureJob<'_>) -> bool {
        job.key
            .parsed()
            .for_algorithm(job.algorithm)
            .is_some_and(|key| key.verify_sig(job.input, job.signature).is_ok())
    }
}

/// A key as AWS-LC holds it, once for each algorithm that it may be used with. It is made when the key set is read.
#[derive(Clone, Debug)]
pub(crate) struct ParsedKey(Vec<(Algorithm, ParsedPublicKey)>);

impl ParsedKey {
    /// `None` when AWS-LC refuses the key: a point off its curve, an exponent or a modulus that is none.
    pub(crate) fn new(material: &KeyMaterial, algorithms: impl Iterator<Item = Algorithm>) -> Option<Self> {
        let keys = algorithms.map(|algorithm| Some((algorithm, parse(material, algorithm)?)));
        keys.collect::<Option<Vec<_>>>().map(Self)
    }

    fn for_algorithm(&self, algorithm: Algorithm) -> Option<&ParsedPublicKey> {
        self.0.iter().find(|(candidate, _)| *candidate == algorithm).map(|(_, key)| key)
    }
}

fn parse(material: &KeyMaterial, algorithm: Algorithm) -> Option<ParsedPublicKey> {
    match material {
        KeyMaterial::Rsa { modulus, exponent } => RsaPublicKeyComponents { n: modulus, e: exponent }
            .to_parsed_public_key(rsa_parameters(algorithm)?)
            .ok(),
        KeyMaterial::Ec { x, y, .. } => {
            let uncompressed = [&[0x04], x.as_slice(), y.as_slice()].concat();
            ParsedPublicKey::new(point_algorithm(algorithm)?, uncompressed).ok()
        }
        KeyMaterial::Ed25519 { x } => ParsedPublicKey::new(point_algorithm(algorithm)?, x).ok(),
    }
}

fn rsa_parameters(algorithm: Algorithm) -> Option<&'static RsaParameters> {
    Some(match algorithm {
        Algorithm::Rs256 => &RSA_PKCS1_2048_8192_SHA256,
        Algorithm::Rs384 => &RSA_PKCS1_2048_8192_SHA384,
        Algorithm::Rs512 => &RSA_PKCS1_2048_8192_SHA512,
        Algorithm::Ps256 => &RSA_PSS_2048_8192_SHA256,
        Algorithm::Ps384 => &RSA_PSS_2048_8192_SHA384,
        Algorithm::Ps512 => &RSA_PSS_2048_8192_SHA512,
        _ => return None,
    })
}

fn point_algorithm(algorithm: Algorithm) -> Option<&'static dyn VerificationAlgorithm> {
    Some(match algorithm {
        Algorithm::Es256 => &ECDSA_P256_SHA256_FIXED,
        Algorithm::Es384 => &ECDSA_P384_SHA384_FIXED,
        Algorithm::EdDsa | Algorithm::Ed25519 => &ED25519,
        _ => return None,
    })
}
