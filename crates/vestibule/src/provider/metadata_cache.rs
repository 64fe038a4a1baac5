use std::{
    sync::{Arc, PoisonError, RwLock},
    time::Duration,
};

use async_lock::Mutex;

use super::{DiscoveryError, Provider, ProviderMetadata, discovery::Discover};
use crate::{Error, Random, backoff::Backoff};

/// How long metadata is used before it is read again in the background.
const FRESH: Duration = Duration::from_secs(60 * 60);

/// The last good metadata, and one flight at a time to renew it.
pub(super) struct MetadataCache {
    current: RwLock<Option<Snapshot>>,
    flight: Mutex<Backoff<Error>>,
}

#[derive(Clone)]
struct Snapshot {
    metadata: Arc<ProviderMetadata>,
    read_at: Duration,
}

impl MetadataCache {
    pub(super) fn new(random: Arc<dyn Random>) -> Self {
        Self { current: RwLock::new(None), flight: Mutex::new(Backoff::new(random)) }
    }

    /// The metadata, fetched by the first caller and awaited by the others.
    pub(super) async fn get(&self, provider: &Provider) -> Result<Arc<ProviderMetadata>, Error> {
        if let Some(snapshot) = self.current() {
            return Ok(snapshot.metadata);
        }
        let mut backoff = self.flight.lock().await;
        if let Some(snapshot) = self.current() {
            return Ok(snapshot.metadata);
        }
        self.fetch(provider, &mut backoff).await
    }

    /// Reads the metadata again when it is missing or old.
    pub(super) async fn refresh_if_due(&self, provider: &Provider) -> Result<(), Error> {
        let mut backoff = self.flight.lock().await;
        let now = provider.clock().monotonic();
        if self.current().is_none_or(|snapshot| now.saturating_sub(snapshot.read_at) >= FRESH) {
            self.fetch(provider, &mut backoff).await?;
        }
        Ok(())
    }

    async fn fetch(
        &self,
        provider: &Provider,
        backoff: &mut Backoff<Error>,
    ) -> Result<Arc<ProviderMetadata>, Error> {
        backoff.check(provider.clock().monotonic())?;
        let issuer = provider.issuer();
        let url = issuer.discovery_url().parse().map_err(|_| DiscoveryError::IssuerMismatch)?;
        let fetched = provider.exchange(Discover { issuer, url }).await;
        let now = provider.clock().monotonic();
        let metadata = Arc::new(backoff.record(fetched, now)?);
        let snapshot = Snapshot { metadata: Arc::clone(&metadata), read_at: now };
        *self.current.write().unwrap_or_else(PoisonError::into_inner) = Some(snapshot);
        Ok(metadata)
    }

    fn current(&self) -> Option<Snapshot> {
        self.current.read().unwrap_or_else(PoisonError::into_inner).clone()
    }
}
