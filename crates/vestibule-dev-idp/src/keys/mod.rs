//! Signing keys: one set in use, earlier ones still published or not.

mod signing_key;

use std::sync::{Arc, OnceLock};

use openidconnect::core::CoreJsonWebKeySet;
use openidconnect::{JsonWebKeySet, PrivateSigningKey as _};
use serde_json::Value;

pub(crate) use self::signing_key::{SigningKey, hmac_sha256};
use crate::error::SigningError;
use crate::signing_algorithm::SigningAlgorithm;

/// A key for each algorithm. RS256 and PS256 share one.
#[derive(Debug)]
pub(crate) struct KeySet {
    rsa: SigningKey,
    p256: SigningKey,
    ed25519: SigningKey,
}

impl KeySet {
    fn generate() -> Result<Arc<Self>, SigningError> {
        Ok(Arc::new(Self {
            rsa: SigningKey::generate_rsa()?,
            p256: SigningKey::generate_p256()?,
            ed25519: SigningKey::generate_ed25519()?,
        }))
    }

    pub(crate) fn key(&self, algorithm: SigningAlgorithm) -> &SigningKey {
        match algorithm {
            SigningAlgorithm::Es256 => &self.p256,
            SigningAlgorithm::EdDsa => &self.ed25519,
            SigningAlgorithm::Ps256 | SigningAlgorithm::Rs256 => &self.rsa,
        }
    }

    fn keys(&self) -> [&SigningKey; 3] {
        [&self.rsa, &self.p256, &self.ed25519]
    }
}

/// All keys that the provider has or had.
#[derive(Debug)]
pub(crate) struct KeyRing {
    current: Arc<KeySet>,
    still_published: Vec<Arc<KeySet>>,
    withdrawn: Vec<Arc<KeySet>>,
    foreign: OnceLock<Arc<KeySet>>,
}

impl KeyRing {
    pub(crate) fn generate() -> Result<Self, SigningError> {
        Ok(Self {
            current: KeySet::generate()?,
            still_published: Vec::new(),
            withdrawn: Vec::new(),
            foreign: OnceLock::new(),
        })
    }

    pub(crate) fn current(&self) -> &KeySet {
        &self.current
    }

    /// Keys that were never published anywhere.
    pub(crate) fn foreign(&self) -> Result<Arc<KeySet>, SigningError> {
        if let Some(keys) = self.foreign.get() {
            return Ok(Arc::clone(keys));
        }
        let made = KeySet::generate()?;
        Ok(Arc::clone(self.foreign.get_or_init(|| made)))
    }

    /// Signs with new keys from now on and withdraws all earlier ones.
    pub(crate) fn roll(&mut self) -> Result<(), SigningError> {
        self.roll_keeping_old()?;
        self.withdrawn.append(&mut self.still_published);
        Ok(())
    }

    /// Signs with new keys from now on and goes on publishing the earlier ones.
    pub(crate) fn roll_keeping_old(&mut self) -> Result<(), SigningError> {
        let next = KeySet::generate()?;
        self.still_published.push(std::mem::replace(&mut self.current, next));
        Ok(())
    }

    /// The keys that verify what is signed now, and the earlier ones that were kept.
    pub(crate) fn published(&self) -> Value {
        published(std::iter::once(&*self.current).chain(self.still_published.iter().map(|set| &**set)))
    }

    /// The key with this id, published or withdrawn: hints may be old.
    pub(crate) fn known(&self, kid: &str) -> Option<&SigningKey> {
        std::iter::once(&self.current)
            .chain(&self.still_published)
            .chain(&self.withdrawn)
            .flat_map(|set| set.keys())
            .find(|key| key.kid() == kid)
    }
}

/// The public halves as a key set (RFC 7517 section 5).
pub(crate) fn published<'a>(sets: impl IntoIterator<Item = &'a KeySet>) -> Value {
    let keys = sets.into_iter().flat_map(|set| set.keys()).map(SigningKey::as_verification_key);
    let set: CoreJsonWebKeySet = JsonWebKeySet::new(keys.collect());
    serde_json::to_value(set).unwrap_or_default()
}
