mod jwk;
mod pem;
#[cfg(test)]
mod tests;

use std::{fmt, sync::Arc};

use serde_json::Value;

use crate::{Algorithm, ConfigError, jwt::SigningKey};

/// The key with which a client signs its assertions: `private_key_jwt` (OpenID Connect Core section 9, RFC 7523).
///
/// The provider knows the public half alone, so that nothing it stores or logs lets anybody else be this client. Clones
/// share the key; it is wiped when the last one is dropped.
///
/// ```
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let pem = vestibule::testing::TestKey::new(vestibule::Algorithm::Es256, "").to_pkcs8_pem();
/// use vestibule::{PrivateKey, Provider};
///
/// // openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256
/// let key = PrivateKey::from_pem(&pem)?.with_kid("2026-11");
/// println!("to be registered at the provider: {}", key.public_jwk());
///
/// let provider = Provider::new("https://acme.example")?;
/// let dashboard = provider.web_app("dashboard", key.clone());
/// let nightly = provider.service("nightly", key);
/// # let _ = (dashboard, nightly);
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct PrivateKey {
    key: Arc<SigningKey>,
    algorithm: Algorithm,
    kid: Option<String>,
    explicit_typ: bool,
}

impl PrivateKey {
    /// Reads the first key of a PEM text: PKCS#8 (`PRIVATE KEY`), PKCS#1 (`RSA PRIVATE KEY`) or SEC 1 (`EC PRIVATE KEY`),
    /// not encrypted. RSA keys have 2048 to 8192 bits and sign with RS256, P-256 with ES256, P-384 with ES384, Ed25519 with
    /// `EdDSA`.
    ///
    /// # Errors
    /// [`ConfigError::PrivateKey`] for anything else.
    pub fn from_pem(pem: &str) -> Result<Self, ConfigError> {
        pem::read(pem).map(Self::new).ok_or(ConfigError::PrivateKey)
    }

    /// Reads a private JWK (RFC 7517) of the same types. Its `kid` and `alg` hold, where it has them.
    ///
    /// # Errors
    /// [`ConfigError::PrivateKey`] for anything else, and when its `use` or `key_ops` say that it does not sign.
    pub fn from_jwk(json: &str) -> Result<Self, ConfigError> {
        let jwk = jwk::read(json).ok_or(ConfigError::PrivateKey)?;
        let key = Self { kid: jwk.kid, ..Self::new(jwk.key) };
        match jwk.algorithm {
            None => Ok(key),
            Some(algorithm) => key.with_algorithm(algorithm),
        }
    }

    fn new(key: SigningKey) -> Self {
        let algorithm = key.algorithms().first().copied().unwrap_or(Algorithm::Rs256);
        Self { key: Arc::new(key), algorithm, kid: None, explicit_typ: false }
    }

    /// What the provider calls this key. Default: the `kid` of the JWK, or none, which providers accept that know a
    /// single key of this client.
    #[must_use]
    pub fn with_kid(mut self, kid: impl Into<String>) -> Self {
        self.kid = Some(kid.into());
        self
    }

    /// What to sign with, such as PS256. Default: the `alg` of the JWK, or as for [`from_pem`](Self::from_pem).
    ///
    /// # Errors
    /// [`ConfigError::PrivateKey`] when a key of this type cannot.
    pub fn with_algorithm(mut self, algorithm: Algorithm) -> Result<Self, ConfigError> {
        if !self.key.algorithms().contains(&algorithm) {
            return Err(ConfigError::PrivateKey);
        }
        self.algorithm = algorithm;
        Ok(self)
    }

    /// Marks assertions with `typ: client-authentication+jwt`, so that they pass for nothing else (RFC 7523bis section 4).
    /// Default: `JWT`, since some providers refuse any other value.
    #[must_use]
    pub fn with_explicit_typ(mut self, explicit: bool) -> Self {
        self.explicit_typ = explicit;
        self
    }

    /// What it signs with.
    pub fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    /// Its name, if it has one.
    pub fn kid(&self) -> Option<&str> {
        self.kid.as_deref()
    }

    /// Its public half as a JWK, with `kid`, `use` and `alg`: what is registered at the provider, or served in a key set.
    pub fn public_jwk(&self) -> Value {
        let mut jwk = self.key.public().map_or_else(Value::default, |public| public.to_json());
        if let Some(members) = jwk.as_object_mut() {
            members.extend(self.kid.clone().map(|kid| ("kid".to_owned(), kid.into())));
            members.insert("use".to_owned(), "sig".into());
            members.insert("alg".to_owned(), self.algorithm.as_str().into());
        }
        jwk
    }

    pub(super) fn typ(&self) -> &'static str {
        if self.explicit_typ { "client-authentication+jwt" } else { "JWT" }
    }

    pub(super) fn sign(&self, input: &[u8]) -> Option<Vec<u8>> {
        self.key.sign(self.algorithm, input)
    }
}

impl fmt::Debug for PrivateKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PrivateKey")
            .field("algorithm", &self.algorithm)
            .field("kid", &self.kid)
            .finish_non_exhaustive()
    }
}
