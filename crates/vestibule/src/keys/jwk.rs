use std::fmt;

use serde_json::{Map, Value};

use super::material::KeyMaterial;
#[cfg(not(target_arch = "wasm32"))]
use crate::jwt::ParsedKey;
use crate::{Algorithm, JwtError};

/// A public key of a provider, fit for checking signatures (RFC 7517 section 4).
#[derive(Clone)]
pub struct Jwk {
    kid: Option<String>,
    algorithm: Option<Algorithm>,
    /// The member `issuer`, by which providers of many tenants say whose a key is.
    owner: Option<String>,
    material: KeyMaterial,
    #[cfg(not(target_arch = "wasm32"))]
    parsed: ParsedKey,
}

impl Jwk {
    /// Reads one public key, as `jwks_uri` serves it among others.
    ///
    /// # Errors
    /// [`JwtError::KeyUnsuitable`] when it is not for signatures (`use`, `key_ops`), has another type, curve, size or
    /// algorithm than can be verified here, is malformed, or publishes its private half (checklist A07, E18, E20).
    pub fn from_json(jwk: &Map<String, Value>) -> Result<Self, JwtError> {
        Self::read(jwk).ok_or(JwtError::KeyUnsuitable)
    }

    fn read(jwk: &Map<String, Value>) -> Option<Self> {
        if !may("verify", jwk) || PRIVATE_MEMBERS.iter().any(|name| jwk.contains_key(*name)) {
            return None;
        }
        let material = KeyMaterial::read(jwk)?;
        let algorithm = match jwk.get("alg") {
            None => None,
            Some(name) => Some(name.as_str()?.parse().ok()?),
        };
        let serves = |candidate: &Algorithm| algorithm.is_none_or(|only| only == *candidate);
        if !material.algorithms().iter().any(serves) {
            return None;
        }
        let kid = match jwk.get("kid") {
            None => None,
            Some(kid) => Some(kid.as_str()?.to_owned()),
        };
        Some(Self {
            kid,
            algorithm,
            owner: jwk.get("issuer").and_then(Value::as_str).map(str::to_owned),
            #[cfg(not(target_arch = "wasm32"))]
            parsed: ParsedKey::new(&material, material.algorithms().iter().copied().filter(serves))?,
            material,
        })
    }

    /// The key's identifier, if it has one.
    pub fn kid(&self) -> Option<&str> {
        self.kid.as_deref()
    }

    /// Whether signatures of `algorithm` may be checked with this key: type and curve fit, and so does the key's own
    /// `alg` where it has one.
    pub fn serves(&self, algorithm: Algorithm) -> bool {
        self.algorithm.is_none_or(|only| only == algorithm) && self.material.algorithms().contains(&algorithm)
    }

    /// The public members that make up the key (`kty`, `crv`, `n`, `e`, `x`, `y`), as WebCrypto imports them.
    pub fn to_json(&self) -> Value {
        self.material.to_json()
    }

    pub(crate) fn owner(&self) -> Option<&str> {
        self.owner.as_deref()
    }

    pub(crate) fn material(&self) -> &KeyMaterial {
        &self.material
    }

    #[cfg(not(target_arch = "wasm32"))]
    pub(crate) fn parsed(&self) -> &ParsedKey {
        &self.parsed
    }
}

impl fmt::Debug for Jwk {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Jwk")
            .field("kid", &self.kid)
            .field("algorithm", &self.algorithm)
            .finish_non_exhaustive()
    }
}

/// `use` and `key_ops`, where present, must allow it (RFC 7517 sections 4.2, 4.3).
pub(crate) fn may(operation: &str, jwk: &Map<String, Value>) -> bool {
    let purpose = jwk.get("use").is_none_or(|purpose| purpose == "sig");
    let operations = jwk.get("key_ops").is_none_or(|operations| {
        operations.as_array().is_some_and(|operations| operations.iter().any(|one| one == operation))
    });
    purpose && operations
}

/// A key published with one of these is known to everybody (RFC 7518 sections 6.2.2, 6.3.2, 6.4.1).
const PRIVATE_MEMBERS: [&str; 8] = ["d", "p", "q", "dp", "dq", "qi", "oth", "k"];
