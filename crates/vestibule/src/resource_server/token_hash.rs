use std::hash::{BuildHasherDefault, Hash, Hasher};

use sha2::{Digest, Sha256};

/// The SHA-256 of a token: what it is known by. The token itself is kept nowhere.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct TokenHash([u8; 32]);

impl TokenHash {
    pub(super) fn of(raw: &str) -> Self {
        Self(Sha256::digest(raw.as_bytes()).into())
    }
}

impl Hash for TokenHash {
    fn hash<H: Hasher>(&self, state: &mut H) {
        state.write(&self.0);
    }
}

/// Takes the first eight bytes of a hash as they are. Whoever finds tokens that agree in them gains nothing: only tokens
/// that an issuer signed are kept.
#[derive(Default)]
pub(super) struct FirstBytes(u64);

pub(super) type ByFirstBytes = BuildHasherDefault<FirstBytes>;

impl Hasher for FirstBytes {
    fn write(&mut self, bytes: &[u8]) {
        if let Some(first) = bytes.first_chunk() {
            self.0 = u64::from_le_bytes(*first);
        }
    }

    fn finish(&self) -> u64 {
        self.0
    }
}
