use std::{fmt, sync::Arc};

use super::{Inner, MetadataCache, Neighbours, Provider};
use crate::{
    Clock, ConfigError, Issuer, OsRandom, Random, SignatureVerifier, SystemClock, keys::KeyCache,
    transport::Transport,
};

/// Settings of a [`Provider`]. Every one has a default on native targets.
#[must_use]
pub struct ProviderBuilder {
    issuer: Issuer,
    transport: Option<Arc<dyn Transport>>,
    clock: Arc<dyn Clock>,
    random: Arc<dyn Random>,
    signatures: Option<Arc<dyn SignatureVerifier>>,
    neighbours: Neighbours,
}

impl ProviderBuilder {
    pub(super) fn new(issuer: Issuer) -> Self {
        Self {
            issuer,
            transport: None,
            clock: Arc::new(SystemClock::new()),
            random: Arc::new(OsRandom),
            signatures: None,
            neighbours: Neighbours::default(),
        }
    }

    /// How requests reach the provider. Default: the bundled transport (feature `reqwest`).
    pub fn transport(mut self, transport: impl Transport) -> Self {
        self.transport = Some(Arc::new(transport));
        self
    }

    /// Where time comes from. Default: the machine's clock.
    pub fn clock(mut self, clock: impl Clock) -> Self {
        self.clock = Arc::new(clock);
        self
    }

    /// Where unguessable values come from. Default: the operating system.
    pub fn random(mut self, random: impl Random) -> Self {
        self.random = Arc::new(random);
        self
    }

    /// How signatures are checked. Default: aws-lc-rs; in the browser there is none yet and one must be given.
    pub fn signatures(mut self, signatures: impl SignatureVerifier) -> Self {
        self.signatures = Some(Arc::new(signatures));
        self
    }

    /// Names another provider that the same application uses. An issuer is then refused whose metadata claims a token
    /// endpoint that is another one's ([`ConfigError::SharedEndpoint`], at first use; RFC 9700 section 4.4). Default:
    /// none.
    pub fn beside(mut self, other: &Provider) -> Self {
        self.neighbours = other.0.neighbours.clone();
        self
    }

    /// Makes the provider. Touches no network.
    ///
    /// # Errors
    /// [`ConfigError::Transport`] when no transport or signature check was given and there is no default here.
    pub fn build(self) -> Result<Provider, ConfigError> {
        let transport = self.transport.map_or_else(default_transport, Ok)?;
        let signatures = self.signatures.map_or_else(default_signatures, Ok)?;
        Ok(Provider(Arc::new(Inner {
            keys: KeyCache::new(Arc::clone(&self.random)),
            metadata: MetadataCache::new(Arc::clone(&self.random)),
            issuer: self.issuer,
            transport,
            clock: self.clock,
            random: self.random,
            signatures,
            neighbours: self.neighbours,
        })))
    }
}

impl fmt::Debug for ProviderBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ProviderBuilder").field("issuer", &self.issuer).finish_non_exhaustive()
    }
}

#[cfg(all(feature = "reqwest", not(target_arch = "wasm32")))]
fn default_transport() -> Result<Arc<dyn Transport>, ConfigError> {
    Ok(Arc::new(crate::transport::HttpTransport::new()?))
}

#[cfg(not(all(feature = "reqwest", not(target_arch = "wasm32"))))]
fn default_transport() -> Result<Arc<dyn Transport>, ConfigError> {
    Err(ConfigError::Transport)
}

#[cfg(not(target_arch = "wasm32"))]
fn default_signatures() -> Result<Arc<dyn SignatureVerifier>, ConfigError> {
    Ok(Arc::new(crate::AwsLc))
}

#[cfg(target_arch = "wasm32")]
fn default_signatures() -> Result<Arc<dyn SignatureVerifier>, ConfigError> {
    Err(ConfigError::Transport)
}
