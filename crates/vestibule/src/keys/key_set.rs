use serde_json::Value;

use super::{error::KeysError, jwk::Jwk};
use crate::{Algorithm, json, jwt::KeyId};

/// The keys of one issuer at one moment (RFC 7517 section 5). It is replaced as a whole, never merged.
#[derive(Clone, Debug)]
pub struct KeySet {
    keys: Vec<Jwk>,
    /// The `kid`s of keys that are there and cannot be used.
    set_aside: Vec<String>,
}

/// The largest key set, in bytes (checklist E17).
pub(crate) const MAX_BYTES: usize = 256 * 1024;

/// The longest key set (checklist E17).
pub(crate) const MAX_KEYS: usize = 100;

/// How many keys are tried for one signature (checklist A11, E19).
pub(crate) const MAX_CANDIDATES: usize = 4;

impl KeySet {
    /// Reads what a `jwks_uri` serves. Keys of unknown types, for other uses, or malformed ones are set aside, and the
    /// rest stays usable (checklist E18).
    ///
    /// # Errors
    /// - [`KeysError::TooLarge`] above 256 KiB or 100 keys.
    /// - [`KeysError::Malformed`] when it is no JSON object with a list `keys`, or repeats a member name.
    /// - [`KeysError::NoUsableKey`] when no key is left.
    pub fn parse(json: &[u8]) -> Result<Self, KeysError> {
        if json.len() > MAX_BYTES {
            return Err(KeysError::TooLarge);
        }
        let mut document = json::parse_object(json).map_err(|_| KeysError::Malformed)?;
        let Some(Value::Array(entries)) = document.remove("keys") else { return Err(KeysError::Malformed) };
        if entries.len() > MAX_KEYS {
            return Err(KeysError::TooLarge);
        }
        let mut set = Self { keys: Vec::with_capacity(entries.len()), set_aside: Vec::new() };
        for entry in &entries {
            set.add(entry);
        }
        if set.keys.is_empty() { Err(KeysError::NoUsableKey) } else { Ok(set) }
    }

    fn add(&mut self, entry: &Value) {
        match entry.as_object().map(Jwk::from_json) {
            Some(Ok(key)) => self.keys.push(key),
            _ => self.set_aside.extend(entry.get("kid").and_then(Value::as_str).map(str::to_owned)),
        }
    }

    /// The usable keys, in the order of the document.
    pub fn keys(&self) -> &[Jwk] {
        &self.keys
    }

    /// The keys that may have made a signature of `algorithm` under the name `kid` (checklist A07, A11, E19).
    pub(crate) fn candidates(&self, kid: &KeyId, algorithm: Algorithm) -> Candidates<'_> {
        let named = |key: &&Jwk| match kid {
            KeyId::Absent => true,
            KeyId::Text(kid) => key.kid() == Some(kid),
            KeyId::NotText => false,
        };
        let fitting: Vec<&Jwk> = self.keys.iter().filter(named).filter(|key| key.serves(algorithm)).collect();
        match fitting.len() {
            0 if *kid == KeyId::NotText => Candidates::Never,
            0 if self.knows(kid) => Candidates::Unsuitable,
            0 => Candidates::Unknown,
            1..=MAX_CANDIDATES => Candidates::Keys(fitting),
            _ => Candidates::Never,
        }
    }

    fn knows(&self, kid: &KeyId) -> bool {
        let KeyId::Text(kid) = kid else { return false };
        self.set_aside.contains(kid) || self.keys.iter().any(|key| key.kid() == Some(kid))
    }
}

/// Which keys to try.
#[derive(Debug)]
pub(crate) enum Candidates<'a> {
    /// One to four.
    Keys(Vec<&'a Jwk>),
    /// The key that the token names is there and does not fit.
    Unsuitable,
    /// None here; a newer set may have one.
    Unknown,
    /// No set can help: the `kid` is no string, or too many keys fit.
    Never,
}
