use std::{fmt, sync::Arc};

use super::{Backchannel, Inner, MetadataCache, Neighbours, Provider};
use crate::{
    Clock, ConfigError, Issuer, OsRandom, Random, SignatureVerifier, SystemClock, Tenants, keys::KeyCache,
    transport::Transport,
};

/// Settings of a [`Provider`]. Every one has a default on native targets.
#[must_use]
pub struct ProviderBuilder {
    issuer: Issuer,
    backchannel: Backchannel,
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
            backchannel: Backchannel::default(),
            transport: None,
            clock: Arc::new(SystemClock::new()),
            random: Arc::new(OsRandom),
            signatures: None,
            neighbours: Neighbours::default(),
        }
    }

    /// How requests reach the provider. Default: the bundled transport (feature `reqwest`).
    ///
    /// ```no_run
    /// use vestibule::{Provider, transport::HttpTransport};
    ///
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// // A provider with a certificate of the company's own authority:
    /// let transport = HttpTransport::trusting(&std::fs::read("company-ca.pem")?)?;
    /// let provider = Provider::builder("https://acme.example")?.transport(transport).build()?;
    /// # let _ = provider; Ok(())
    /// # }
    /// ```
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

    /// Where this application reaches the provider, if that is another origin than the issuer's, as in containers: a
    /// browser visits `http://localhost:8080`, and the application calls `http://keycloak:8080`. Default: the issuer's.
    ///
    /// Metadata, keys, tokens, UserInfo, revocation and introspection are asked for at this origin, under the paths of the
    /// provider's metadata. Browsers are sent to the issuer's. What is *checked* does not change: metadata and tokens
    /// state the issuer.
    ///
    /// ```
    /// use vestibule::Provider;
    ///
    /// # fn main() -> Result<(), vestibule::ConfigError> {
    /// let provider = Provider::builder("http://localhost:8080/realms/acme")?
    ///     .backchannel_origin("http://keycloak:8080")?
    ///     .danger_plain_http_host("keycloak")
    ///     .build()?;
    /// # let _ = provider; Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`ConfigError::BackchannelOrigin`] when it is not a scheme, a host and perhaps a port.
    pub fn backchannel_origin(mut self, origin: &str) -> Result<Self, ConfigError> {
        self.backchannel.set_origin(origin)?;
        Ok(self)
    }

    /// Lets this application call one host without encryption. **Whoever can listen in between gets client secrets and
    /// tokens, and whoever can answer in its place decides who is logged in.** For a network that nobody else is on, such
    /// as that of a few containers on one machine. Browsers are never sent to an unencrypted host but loopback.
    ///
    /// Default: http to loopback hosts alone.
    pub fn danger_plain_http_host(mut self, host: impl Into<String>) -> Self {
        self.backchannel.set_plain_http_host(host.into());
        self
    }

    /// Quirk: metadata and tokens may state the issuer with one slash more or less at its end, as they do where Auth0 and
    /// a configuration disagree about it. Users are kept under the configured spelling. Default: character by character.
    pub fn trailing_slash_optional(mut self) -> Self {
        self.issuer = self.issuer.with_optional_slash();
        self
    }

    /// Quirk: the issuer serves many tenants, and the first segment of its path stands for theirs. Users are kept under
    /// the issuer of their tenant. Default: one issuer, one name.
    ///
    /// # Errors
    /// [`ConfigError::Tenants`] when the issuer has no path.
    pub fn tenants(mut self, tenants: Tenants) -> Result<Self, ConfigError> {
        self.issuer = self.issuer.with_tenants(tenants).ok_or(ConfigError::Tenants)?;
        Ok(self)
    }

    /// Makes the provider. Touches no network.
    ///
    /// # Errors
    /// - [`ConfigError::Transport`] when no transport or signature check was given and there is no default here.
    /// - [`ConfigError::InsecureContext`] when no signature check was given, and a browser offers none to this page.
    /// - [`ConfigError::BackchannelOrigin`] when that origin is plain http to a host that was not named.
    pub fn build(self) -> Result<Provider, ConfigError> {
        self.backchannel.check()?;
        let transport = self.transport.map_or_else(default_transport, Ok)?;
        let signatures = self.signatures.map_or_else(default_signatures, Ok)?;
        Ok(Provider(Arc::new(Inner {
            keys: KeyCache::new(Arc::clone(&self.random)),
            metadata: MetadataCache::new(Arc::clone(&self.random)),
            issuer: self.issuer,
            backchannel: self.backchannel,
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

#[cfg(all(not(feature = "reqwest"), not(target_arch = "wasm32")))]
fn default_transport() -> Result<Arc<dyn Transport>, ConfigError> {
    Err(ConfigError::Transport)
}

#[cfg(target_arch = "wasm32")]
fn default_transport() -> Result<Arc<dyn Transport>, ConfigError> {
    Ok(Arc::new(crate::transport::FetchTransport))
}

#[cfg(not(target_arch = "wasm32"))]
fn default_signatures() -> Result<Arc<dyn SignatureVerifier>, ConfigError> {
    Ok(Arc::new(crate::AwsLc))
}

#[cfg(target_arch = "wasm32")]
fn default_signatures() -> Result<Arc<dyn SignatureVerifier>, ConfigError> {
    Ok(Arc::new(crate::WebCrypto::new()?))
}
