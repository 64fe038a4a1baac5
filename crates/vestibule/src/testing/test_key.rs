#![expect(clippy::expect_used, clippy::panic, reason = "a test that cannot make its keys should stop")]

use std::{
    collections::BTreeMap,
    fmt,
    sync::{Arc, Mutex, PoisonError},
};

use aws_lc_rs::{
    rand::SystemRandom,
    rsa::KeySize,
    signature::{
        ECDSA_P256_SHA256_FIXED_SIGNING, ECDSA_P384_SHA384_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair,
        KeyPair, RSA_PKCS1_SHA256, RSA_PKCS1_SHA384, RSA_PKCS1_SHA512, RSA_PSS_SHA256, RSA_PSS_SHA384,
        RSA_PSS_SHA512, RsaEncoding, RsaKeyPair,
    },
};
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use serde_json::{Value, json};

use crate::Algorithm;

/// A private key that signs test tokens.
///
/// Keys are made once in a process: the same family and number always mean the same key, whatever its `kid` and
/// algorithm.
#[derive(Clone)]
pub struct TestKey {
    algorithm: Algorithm,
    kid: String,
    pair: Arc<Pair>,
}

impl TestKey {
    /// The first key that can sign with `algorithm`, under the name `kid`. RSA keys have 2048 bits.
    pub fn new(algorithm: Algorithm, kid: impl Into<String>) -> Self {
        Self::numbered(algorithm, kid, 0)
    }

    /// Another key of the same family, for each `number`.
    pub fn numbered(algorithm: Algorithm, kid: impl Into<String>, number: usize) -> Self {
        Self { algorithm, kid: kid.into(), pair: pair(Family::of(algorithm), number) }
    }

    /// The algorithm it signs with.
    pub fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    /// Its name.
    pub fn kid(&self) -> &str {
        &self.kid
    }

    /// Its public half, with `kid`, `use` and `alg`.
    pub fn jwk(&self) -> Value {
        let named = with_member(self.pair.public(), "kid", self.kid());
        with_member(with_member(named, "use", "sig"), "alg", self.algorithm.as_str())
    }

    /// The public numbers alone (`kty`, `crv`, `n`, `e`, `x`, `y`).
    pub fn bare_jwk(&self) -> Value {
        self.pair.public()
    }

    /// Signs `input`.
    pub fn sign(&self, input: &[u8]) -> Vec<u8> {
        self.pair.sign(self.algorithm, input)
    }

    /// A token with this header and these claims, whatever they are.
    pub fn token(&self, header: &Value, claims: &Value) -> String {
        self.token_of(header.to_string(), claims.to_string())
    }

    /// A token whose first two parts encode exactly these bytes, JSON or not.
    pub fn token_of(&self, header: impl AsRef<[u8]>, payload: impl AsRef<[u8]>) -> String {
        let input =
            format!("{}.{}", BASE64_URL_SAFE_NO_PAD.encode(header), BASE64_URL_SAFE_NO_PAD.encode(payload));
        let signature = BASE64_URL_SAFE_NO_PAD.encode(self.sign(input.as_bytes()));
        format!("{input}.{signature}")
    }

    /// The header that a provider would write: `alg` and `kid`.
    pub fn header(&self) -> Value {
        json!({ "alg": self.algorithm.as_str(), "kid": self.kid })
    }
}

impl fmt::Debug for TestKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TestKey")
            .field("algorithm", &self.algorithm)
            .field("kid", &self.kid)
            .finish_non_exhaustive()
    }
}

pub(super) fn with_member(mut object: Value, name: &str, value: &str) -> Value {
    if let Some(members) = object.as_object_mut() {
        members.insert(name.to_owned(), Value::from(value));
    }
    object
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Family {
    Rsa,
    P256,
    P384,
    Ed25519,
}

enum Pair {
    Rsa(RsaKeyPair),
    Ecdsa(EcdsaKeyPair, &'static str),
    Ed25519(Ed25519KeyPair),
}

fn pair(family: Family, number: usize) -> Arc<Pair> {
    static PAIRS: Mutex<BTreeMap<(Family, usize), Arc<Pair>>> = Mutex::new(BTreeMap::new());
    let mut pairs = PAIRS.lock().unwrap_or_else(PoisonError::into_inner);
    Arc::clone(pairs.entry((family, number)).or_insert_with(|| Arc::new(Pair::generate(family))))
}

impl Family {
    fn of(algorithm: Algorithm) -> Self {
        match algorithm {
            Algorithm::Es256 => Self::P256,
            Algorithm::Es384 => Self::P384,
            Algorithm::EdDsa | Algorithm::Ed25519 => Self::Ed25519,
            _ => Self::Rsa,
        }
    }
}

impl Pair {
    fn generate(family: Family) -> Self {
        let pair = match family {
            Family::Rsa => RsaKeyPair::generate(KeySize::Rsa2048).map(Self::Rsa),
            Family::P256 => EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING)
                .map(|pair| Self::Ecdsa(pair, "P-256")),
            Family::P384 => EcdsaKeyPair::generate(&ECDSA_P384_SHA384_FIXED_SIGNING)
                .map(|pair| Self::Ecdsa(pair, "P-384")),
            Family::Ed25519 => Ed25519KeyPair::generate().map(Self::Ed25519),
        };
        pair.expect("AWS-LC makes keys")
    }

    fn public(&self) -> Value {
        let text = |bytes: &[u8]| BASE64_URL_SAFE_NO_PAD.encode(bytes);
        match self {
            Self::Rsa(pair) => {
                let (modulus, exponent) = rsa_numbers(pair.public_key().as_ref());
                json!({ "kty": "RSA", "n": text(modulus), "e": text(exponent) })
            }
            Self::Ecdsa(pair, curve) => {
                let (_, point) = pair.public_key().as_ref().split_at(1);
                let (x, y) = point.split_at(point.len() / 2);
                json!({ "kty": "EC", "crv": curve, "x": text(x), "y": text(y) })
            }
            Self::Ed25519(pair) => {
                json!({ "kty": "OKP", "crv": "Ed25519", "x": text(pair.public_key().as_ref()) })
            }
        }
    }

    fn sign(&self, algorithm: Algorithm, input: &[u8]) -> Vec<u8> {
        let random = SystemRandom::new();
        match self {
            Self::Rsa(pair) => {
                let mut signature = vec![0; pair.public_modulus_len()];
                pair.sign(rsa_encoding(algorithm), &random, input, &mut signature).expect("the key signs");
                signature
            }
            Self::Ecdsa(pair, _) => pair.sign(&random, input).expect("the key signs").as_ref().to_vec(),
            Self::Ed25519(pair) => pair.sign(input).as_ref().to_vec(),
        }
    }
}

/// The numbers in the DER form of a 2048-bit `RSAPublicKey` with exponent 65537, whose layout is fixed.
fn rsa_numbers(der: &[u8]) -> (&[u8], &[u8]) {
    const BEFORE_MODULUS: usize = 9;
    const MODULUS: usize = 256;
    const BEFORE_EXPONENT: usize = 2;
    let (_, rest) = der.split_at(BEFORE_MODULUS);
    let (modulus, rest) = rest.split_at(MODULUS);
    (modulus, rest.split_at(BEFORE_EXPONENT).1)
}

fn rsa_encoding(algorithm: Algorithm) -> &'static dyn RsaEncoding {
    match algorithm {
        Algorithm::Rs256 => &RSA_PKCS1_SHA256,
        Algorithm::Rs384 => &RSA_PKCS1_SHA384,
        Algorithm::Rs512 => &RSA_PKCS1_SHA512,
        Algorithm::Ps256 => &RSA_PSS_SHA256,
        Algorithm::Ps384 => &RSA_PSS_SHA384,
        Algorithm::Ps512 => &RSA_PSS_SHA512,
        other => panic!("{other} is no RSA algorithm"),
    }
}
