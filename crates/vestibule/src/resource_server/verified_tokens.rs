use std::{sync::Arc, time::Duration};

use quick_cache::{UnitWeighter, sync::Cache};

use super::token_hash::{ByFirstBytes, TokenHash};
use crate::{AccessGrant, Verified};

/// Tokens that were verified a moment ago, by hash: as many as were allowed, the ones that are asked for kept longest.
pub(super) struct VerifiedTokens(Cache<TokenHash, Entry, UnitWeighter, ByFirstBytes>);

/// What a token was found to grant, and how long that holds.
#[derive(Clone)]
pub(super) struct Entry {
    pub(super) grant: Arc<Verified<AccessGrant>>,
    /// Which of the trusted issuers vouches for it.
    pub(super) issuer: usize,
    /// That of the issuer's keys, from before the token was verified.
    pub(super) generation: u64,
    /// Monotonic.
    pub(super) ends_at: Duration,
}

/// How long a token is believed without being verified again.
pub(super) const LONGEST: Duration = Duration::from_secs(5 * 60);

impl VerifiedTokens {
    pub(super) fn new(capacity: usize) -> Self {
        Self(Cache::with(
            capacity,
            capacity as u64,
            UnitWeighter,
            ByFirstBytes::default(),
            Default::default(),
        ))
    }

    pub(super) fn find(&self, hash: &TokenHash) -> Option<Entry> {
        self.0.get(hash)
    }

    pub(super) fn keep(&self, hash: TokenHash, entry: Entry) {
        self.0.insert(hash, entry);
    }
}
