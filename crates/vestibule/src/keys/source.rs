use std::sync::Arc;

use async_trait::async_trait;
use bytes::Bytes;

use super::{error::KeysError, key_set::KeySet};
use crate::{Error, MaybeSend, MaybeSync};

/// Where the verifier takes an issuer's keys from.
#[cfg_attr(not(target_arch = "wasm32"), async_trait)]
#[cfg_attr(target_arch = "wasm32", async_trait(?Send))]
pub(crate) trait KeySource: MaybeSend + MaybeSync {
    /// The set to try first.
    async fn current(&self) -> Result<CurrentKeys, KeysError>;

    /// Another set than `missed`, which lacks a token's key; `None` when there is none for now.
    async fn after_miss(&self, missed: &CurrentKeys) -> Result<Option<Arc<KeySet>>, KeysError>;
}

/// A key set, as it is at one call.
#[derive(Clone, Debug)]
pub(crate) struct CurrentKeys {
    pub(crate) keys: Arc<KeySet>,
    /// Whether this very call fetched it: then it is newer than the token, and nothing is gained by asking again.
    pub(crate) just_fetched: bool,
}

impl CurrentKeys {
    pub(super) fn at_hand(keys: Arc<KeySet>) -> Self {
        Self { keys, just_fetched: false }
    }

    pub(super) fn just_fetched(keys: Arc<KeySet>) -> Self {
        Self { keys, just_fetched: true }
    }
}

/// Brings the document at the issuer's `jwks_uri`, bounded in time and size.
#[cfg_attr(not(target_arch = "wasm32"), async_trait)]
#[cfg_attr(target_arch = "wasm32", async_trait(?Send))]
pub(crate) trait FetchKeys: MaybeSend + MaybeSync {
    /// Makes one attempt.
    async fn fetch(&self) -> Result<http::Response<Bytes>, Error>;
}

/// Keys that never change, for a provider that is configured by hand, and for tests.
#[cfg_attr(not(target_arch = "wasm32"), async_trait)]
#[cfg_attr(target_arch = "wasm32", async_trait(?Send))]
impl KeySource for Arc<KeySet> {
    async fn current(&self) -> Result<CurrentKeys, KeysError> {
        Ok(CurrentKeys::at_hand(Self::clone(self)))
    }

    async fn after_miss(&self, _: &CurrentKeys) -> Result<Option<Self>, KeysError> {
        Ok(None)
    }
}
