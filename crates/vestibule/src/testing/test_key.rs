#![expect(clippy::expect_used, reason = "a test that cannot make its keys should stop")]

use std::{
    collections::BTreeMap,
    fmt,
    sync::{Arc, Mutex, PoisonError},
};

use aws_lc_rs::{
    encoding::{AsDer, Pkcs8V1Der},
    rsa::KeySize,
    signature::{EcdsaKeyPair, Ed25519KeyPair, RsaKeyPair},
};
use base64::{
    Engine,
    prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD},
};
use serde_json::{Value, json};

use crate::{Algorithm, jwt::SigningKey, keys::Curve};

/// A private key that signs test tokens.
///
/// Keys are made once in a process: the same family and number always mean the same key, whatever its `kid` and
/// algorithm.
#[derive(Clone)]
pub struct TestKey {
    algorithm: Algorithm,
    kid: String,
    pair: Arc<SigningKey>,
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
        let named = with_member(self.bare_jwk(), "kid", self.kid());
        with_member(with_member(named, "use", "sig"), "alg", self.algorithm.as_str())
    }

    /// The public numbers alone (`kty`, `crv`, `n`, `e`, `x`, `y`).
    pub fn bare_jwk(&self) -> Value {
        self.pair.public().expect("a pair has a public half").to_json()
    }

    /// Signs `input`.
    pub fn sign(&self, input: &[u8]) -> Vec<u8> {
        self.pair.sign(self.algorithm, input).expect("the key signs")
    }

    /// The key itself, as PKCS#8 in PEM: for tests of clients that authenticate with one.
    pub fn to_pkcs8_pem(&self) -> String {
        let body = BASE64_STANDARD.encode(pkcs8(&self.pair));
        let lines = body.as_bytes().chunks(64).map(|line| String::from_utf8_lossy(line).into_owned() + "\n");
        format!("-----BEGIN PRIVATE KEY-----\n{}-----END PRIVATE KEY-----\n", lines.collect::<String>())
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

fn pair(family: Family, number: usize) -> Arc<SigningKey> {
    static PAIRS: Mutex<BTreeMap<(Family, usize), Arc<SigningKey>>> = Mutex::new(BTreeMap::new());
    let mut pairs = PAIRS.lock().unwrap_or_else(PoisonError::into_inner);
    Arc::clone(pairs.entry((family, number)).or_insert_with(|| Arc::new(family.generate())))
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

    fn generate(self) -> SigningKey {
        let ecdsa =
            |curve: Curve| EcdsaKeyPair::generate(curve.signing()).map(|pair| SigningKey::Ecdsa(pair, curve));
        let key = match self {
            Self::Rsa => RsaKeyPair::generate(KeySize::Rsa2048).map(SigningKey::Rsa),
            Self::P256 => ecdsa(Curve::P256),
            Self::P384 => ecdsa(Curve::P384),
            Self::Ed25519 => Ed25519KeyPair::generate().map(SigningKey::Ed25519),
        };
        key.expect("AWS-LC makes keys")
    }
}

fn pkcs8(key: &SigningKey) -> Vec<u8> {
    let der = match key {
        SigningKey::Rsa(pair) => pair.as_der().map(|der: Pkcs8V1Der<'_>| der.as_ref().to_vec()),
        SigningKey::Ecdsa(pair, _) => pair.to_pkcs8v1().map(|der| der.as_ref().to_vec()),
        SigningKey::Ed25519(pair) => pair.to_pkcs8().map(|der| der.as_ref().to_vec()),
    };
    der.expect("AWS-LC writes keys")
}
