use std::{fmt, sync::Arc};

use aws_lc_rs::hkdf;
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use vestibule::{Random, RandomError};
use zeroize::Zeroizing;

use crate::ConfigError;

/// The application's keys for cookies and for tokens at rest: the first seals, all open.
///
/// To rotate, put a new key in front, and drop the last one after the longest session lifetime.
#[derive(Clone)]
pub struct CookieKeys(Arc<[Zeroizing<[u8; 32]>]>);

impl CookieKeys {
    /// Reads base64url keys of 32 random bytes each, separated by commas.
    ///
    /// # Errors
    /// [`ConfigError::CookieKeys`] when there is none, or one is not 32 bytes or plainly not random (checklist D04).
    pub fn from_base64(keys: &str) -> Result<Self, ConfigError> {
        keys.split(',')
            .map(|key| decode(key.trim()))
            .collect::<Option<Vec<_>>>()
            .map_or(Err(ConfigError::CookieKeys), |keys| Ok(Self(keys.into())))
    }

    /// Reads the keys from an environment variable, written as for [`from_base64`](Self::from_base64).
    ///
    /// # Errors
    /// [`ConfigError::CookieKeys`] also when the variable is not set.
    pub fn from_env(variable: &str) -> Result<Self, ConfigError> {
        let keys = Zeroizing::new(std::env::var(variable).map_err(|_| ConfigError::CookieKeys)?);
        Self::from_base64(&keys)
    }

    /// One new random key: every session ends with the process. For development and single-node memory stores.
    ///
    /// # Errors
    /// When the random source fails.
    pub fn generate(random: &dyn Random) -> Result<Self, RandomError> {
        let mut key = Zeroizing::new([0; 32]);
        random.fill(key.as_mut())?;
        Ok(Self(Arc::new([key])))
    }

    /// The key for one purpose, derived from each of the application's keys.
    pub(super) fn derive(&self, purpose: &str) -> impl Iterator<Item = Zeroizing<[u8; 36]>> {
        self.0.iter().filter_map(move |key| {
            let salt = hkdf::Salt::new(hkdf::HKDF_SHA256, b"vestibule cookie keys v1");
            let mut derived = Zeroizing::new([0; 36]);
            let info = [purpose.as_bytes()];
            let okm = salt.extract(key.as_ref());
            okm.expand(&info, Length).and_then(|okm| okm.fill(derived.as_mut())).ok()?;
            Some(derived)
        })
    }
}

struct Length;

impl hkdf::KeyType for Length {
    fn len(&self) -> usize {
        36
    }
}

fn decode(key: &str) -> Option<Zeroizing<[u8; 32]>> {
    let bytes = Zeroizing::new(BASE64_URL_SAFE_NO_PAD.decode(key.trim_end_matches('=')).ok()?);
    let key: [u8; 32] = bytes.as_slice().try_into().ok()?;
    // 32 random bytes are all printable once in 10^14; repeated bytes give away a placeholder.
    let textual = key.iter().all(|byte| matches!(byte, 0x20..=0x7e));
    let distinct = key.iter().collect::<std::collections::HashSet<_>>().len();
    (!textual && distinct >= 12).then(|| Zeroizing::new(key))
}

impl fmt::Debug for CookieKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "CookieKeys({} redacted)", self.0.len())
    }
}

#[cfg(test)]
mod tests {
    use vestibule::testing::SeededRandom;

    use super::*;

    #[test]
    fn d04_weak_keys_are_refused() {
        let text = BASE64_URL_SAFE_NO_PAD.encode(b"correct horse battery staple 123");
        let zeros = BASE64_URL_SAFE_NO_PAD.encode([0; 32]);
        let short = BASE64_URL_SAFE_NO_PAD.encode([7; 16]);
        for weak in ["", ",", "not base64!", text.as_str(), zeros.as_str(), short.as_str()] {
            assert_eq!(CookieKeys::from_base64(weak).unwrap_err(), ConfigError::CookieKeys, "{weak}");
        }
    }

    #[test]
    fn several_keys_are_read_in_order() {
        let random = SeededRandom::new(1);
        let key = || {
            let mut bytes = [0; 32];
            random.fill(&mut bytes).unwrap();
            BASE64_URL_SAFE_NO_PAD.encode(bytes)
        };
        let both = CookieKeys::from_base64(&format!("{}, {}", key(), key())).unwrap();
        assert_eq!(format!("{both:?}"), "CookieKeys(2 redacted)");
        assert_eq!(both.derive("x").count(), 2);
    }
}
