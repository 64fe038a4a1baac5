use std::{fmt, sync::Arc};

use crate::{cookie::CookieKeys, store::StoreBackend};

/// Where sessions live has not been said yet.
#[derive(Debug)]
pub struct NoSessions;

/// Sessions live in a store; the browser holds a random handle.
pub struct Stored {
    pub(super) backend: Arc<dyn StoreBackend>,
    pub(super) keys: CookieKeys,
}

/// Sessions are sealed in cookies. Nobody remembers a logout.
#[derive(Debug)]
pub struct Sealed {
    pub(super) keys: CookieKeys,
}

/// Sessions are sealed in cookies; a store remembers logouts.
pub struct SealedRevocable {
    pub(super) backend: Arc<dyn StoreBackend>,
    pub(super) keys: CookieKeys,
}

/// What each of them comes down to.
pub(super) struct Sessions {
    pub(super) backend: Option<Arc<dyn StoreBackend>>,
    pub(super) keys: CookieKeys,
    pub(super) are_sealed: bool,
}

impl From<Stored> for Sessions {
    fn from(Stored { backend, keys }: Stored) -> Self {
        Self { backend: Some(backend), keys, are_sealed: false }
    }
}

impl From<Sealed> for Sessions {
    fn from(Sealed { keys }: Sealed) -> Self {
        Self { backend: None, keys, are_sealed: true }
    }
}

impl From<SealedRevocable> for Sessions {
    fn from(SealedRevocable { backend, keys }: SealedRevocable) -> Self {
        Self { backend: Some(backend), keys, are_sealed: true }
    }
}

impl fmt::Debug for Stored {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Stored").field("backend", &self.backend).finish_non_exhaustive()
    }
}

impl fmt::Debug for SealedRevocable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SealedRevocable").field("backend", &self.backend).finish_non_exhaustive()
    }
}
