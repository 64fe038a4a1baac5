use std::{
    sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard},
    time::Duration,
};

use async_lock::Mutex;

use super::{DiscoveryError, Provider, ProviderMetadata, discovery::Discover};
use crate::{
    Error, Random,
    backoff::Backoff,
    observe,
    transport::{TransportError, TransportErrorKind},
};

/// The last good metadata, and one flight at a time to renew it (checklist E14).
///
/// A caller waits only while there is none at all. When it is old, one caller renews it and all others go on with what
/// there is; while somebody calls [`refresh_if_due`](Self::refresh_if_due) in the background, not even that one has to.
/// Dropping any of these futures is safe.
pub(super) struct MetadataCache {
    state: RwLock<State>,
    flight: Mutex<Flight>,
}

/// All instants are monotonic.
#[derive(Default)]
struct State {
    snapshot: Option<Snapshot>,
    /// Until then, callers leave old metadata to the background.
    maintained_until: Duration,
}

#[derive(Clone)]
struct Snapshot {
    metadata: Arc<ProviderMetadata>,
    read_at: Duration,
}

struct Flight {
    backoff: Backoff<Error>,
    /// Fetches since the last completed one whose caller went away.
    abandoned: u8,
}

/// How long metadata is used before it is read again.
const FRESH: Duration = Duration::from_secs(60 * 60);

/// How long one call of `refresh_if_due` counts as somebody doing it.
const MAINTAINED: Duration = Duration::from_secs(120);

/// How many fetches in a row may be abandoned before that counts as a failure, lest callers that come and go drive the
/// provider's load.
const ABANDONED_FREELY: u8 = 3;

impl MetadataCache {
    pub(super) fn new(random: Arc<dyn Random>) -> Self {
        let flight = Flight { backoff: Backoff::new(random), abandoned: 0 };
        Self { state: RwLock::default(), flight: Mutex::new(flight) }
    }

    /// The metadata, fetched by the first caller and awaited by the others.
    pub(super) async fn get(&self, provider: &Provider) -> Result<Arc<ProviderMetadata>, Error> {
        let now = provider.clock().monotonic();
        match self.snapshot() {
            Some(snapshot) if snapshot.is_fresh(now) || self.is_maintained(now) => Ok(snapshot.metadata),
            Some(snapshot) => match self.flight.try_lock() {
                Some(mut flight) => Ok(self.renew(provider, &mut flight).await.unwrap_or(snapshot.metadata)),
                None => Ok(snapshot.metadata),
            },
            None => self.renew(provider, &mut *self.flight.lock().await).await,
        }
    }

    /// Reads the metadata again when it is missing or old.
    pub(super) async fn refresh_if_due(&self, provider: &Provider) -> Result<(), Error> {
        self.write().maintained_until = provider.clock().monotonic().saturating_add(MAINTAINED);
        self.renew(provider, &mut *self.flight.lock().await).await?;
        Ok(())
    }

    /// Fetches, unless somebody else just did.
    async fn renew(&self, provider: &Provider, flight: &mut Flight) -> Result<Arc<ProviderMetadata>, Error> {
        let now = provider.clock().monotonic();
        if let Some(snapshot) = self.snapshot().filter(|snapshot| snapshot.is_fresh(now)) {
            return Ok(snapshot.metadata);
        }
        flight.backoff.check(now)?;
        let outcome = flight.fetch(provider).await;
        let now = provider.clock().monotonic();
        let asked_pause = outcome.as_ref().err().and_then(Error::retry_after);
        let outcome = flight.backoff.record(outcome, now);
        if let Some(asked) = asked_pause {
            flight.backoff.pause_at_least(asked.pause(), now);
        }
        observe::fetched("metadata", &outcome);
        let metadata = Arc::new(outcome?);
        self.write().snapshot = Some(Snapshot { metadata: Arc::clone(&metadata), read_at: now });
        Ok(metadata)
    }

    fn snapshot(&self) -> Option<Snapshot> {
        self.read().snapshot.clone()
    }

    fn is_maintained(&self, now: Duration) -> bool {
        now < self.read().maintained_until
    }

    fn read(&self) -> RwLockReadGuard<'_, State> {
        self.state.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self) -> RwLockWriteGuard<'_, State> {
        self.state.write().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Snapshot {
    fn is_fresh(&self, now: Duration) -> bool {
        now.saturating_sub(self.read_at) < FRESH
    }
}

impl Flight {
    /// One attempt. It counts as abandoned until it has come to its end.
    async fn fetch(&mut self, provider: &Provider) -> Result<ProviderMetadata, Error> {
        if self.abandoned >= ABANDONED_FREELY {
            self.abandoned = 0;
            return Err(TransportError::new(TransportErrorKind::TimedOut, true).into());
        }
        self.abandoned += 1;
        let issuer = provider.issuer();
        let backchannel = &provider.0.backchannel;
        let url = issuer.discovery_url().parse().map_err(|_| DiscoveryError::IssuerMismatch)?;
        let url = backchannel.called(url, issuer);
        let outcome = provider.exchange(Discover { issuer, backchannel, url }).await;
        self.abandoned = 0;
        let metadata = outcome?;
        provider.0.neighbours.settle(issuer, &metadata.token_endpoint)?;
        let mut foreign_hosts = metadata.foreign_hosts();
        foreign_hosts.retain(|host| !backchannel.is_host(host));
        if !foreign_hosts.is_empty() {
            tracing::info!(
                event = "provider.foreign_hosts",
                %issuer,
                ?foreign_hosts,
                "the provider has endpoints on other hosts than its issuer's"
            );
        }
        Ok(metadata)
    }
}
