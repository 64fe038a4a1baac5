mod backchannel;
mod builder;
mod discovery;
mod metadata;
mod metadata_cache;
mod neighbours;

use std::{fmt, sync::Arc, time::Duration};

use backchannel::Backchannel;
pub use builder::ProviderBuilder;
pub use discovery::DiscoveryError;
pub use metadata::ProviderMetadata;
use metadata_cache::MetadataCache;
use neighbours::Neighbours;

use crate::{
    Client, Clock, ConfigError, Credential, Error, Issuer, Native, Random, ResourceServerBuilder, Service,
    SignatureVerifier, Spa, TokenError, WebApp,
    exchange::Exchange,
    keys::{FetchKeys, IssuerKeys, KeyCache, KeySource},
    transport::{Transport, TransportError, TransportErrorKind},
};

/// An OpenID Provider: where the product's users log in.
///
/// A provider is lazy. Making one needs no network and cannot fail for lack of it: metadata and keys are fetched at
/// first use, by one caller for all, and kept through outages. Clones share everything.
///
/// ```
/// # fn main() -> Result<(), vestibule::ConfigError> {
/// use vestibule::{ClientSecret, Provider};
///
/// let provider = Provider::new("https://acme.example")?;
/// let dashboard = provider.web_app("dashboard", ClientSecret::new("from your configuration"));
/// # let _ = dashboard; Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Provider(Arc<Inner>);

struct Inner {
    issuer: Issuer,
    backchannel: Backchannel,
    transport: Arc<dyn Transport>,
    clock: Arc<dyn Clock>,
    random: Arc<dyn Random>,
    signatures: Arc<dyn SignatureVerifier>,
    neighbours: Neighbours,
    metadata: MetadataCache,
    keys: KeyCache,
}

impl Provider {
    /// The provider with this issuer, over the bundled HTTP transport; in a browser, over `fetch`.
    ///
    /// # Errors
    /// [`ConfigError::Issuer`] when the issuer is no plain https URL (http is accepted for loopback hosts);
    /// [`ConfigError::Transport`] when TLS cannot be set up; in a browser, [`ConfigError::InsecureContext`].
    #[cfg(any(feature = "reqwest", target_arch = "wasm32"))]
    pub fn new(issuer: impl Into<String>) -> Result<Self, ConfigError> {
        Self::builder(issuer)?.build()
    }

    /// A provider with its own transport, clock, randomness or signature check.
    ///
    /// ```
    /// # fn main() -> Result<(), vestibule::ConfigError> {
    /// use vestibule::{Provider, testing::TestClock};
    ///
    /// let provider = Provider::builder("https://acme.example")?.clock(TestClock::default()).build()?;
    /// # let _ = provider; Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`ConfigError::Issuer`] when the issuer is no plain https URL (http is accepted for loopback hosts).
    pub fn builder(issuer: impl Into<String>) -> Result<ProviderBuilder, ConfigError> {
        Issuer::new(issuer).map(ProviderBuilder::new)
    }

    /// A web application registered at this provider: it keeps a [`ClientSecret`](crate::ClientSecret) or a `PrivateKey`,
    /// and uses PKCE all the same. An id or a secret that cannot be right is told by [`Client::begin_login`].
    pub fn web_app(&self, client_id: impl Into<String>, credential: impl Into<Credential>) -> Client<WebApp> {
        Client::registered(self.clone(), client_id.into(), credential.into())
    }

    /// An application on the user's own machine, registered at this provider without a secret (RFC 8252 section 8.4). An id
    /// that cannot be right is told by [`Client::begin_login`].
    pub fn native(&self, client_id: impl Into<String>) -> Client<Native> {
        Client::registered(self.clone(), client_id.into(), Credential::nothing())
    }

    /// An application in the user's browser, registered at this provider without a secret (RFC 10017). An id that cannot be
    /// right is told by [`Client::begin_login`].
    pub fn spa(&self, client_id: impl Into<String>) -> Client<Spa> {
        Client::registered(self.clone(), client_id.into(), Credential::nothing())
    }

    /// A program registered at this provider that acts for itself and logs nobody in.
    pub fn service(
        &self,
        client_id: impl Into<String>,
        credential: impl Into<Credential>,
    ) -> Client<Service> {
        Client::registered(self.clone(), client_id.into(), credential.into())
    }

    /// An API that is called with access tokens of this provider; `identifier` is what they name in `aud`, such as
    /// `https://api.acme.example` (RFC 8707 section 2).
    pub fn resource_server(&self, identifier: impl Into<String>) -> ResourceServerBuilder {
        ResourceServerBuilder::new(self.clone(), identifier.into())
    }

    /// The issuer.
    pub fn issuer(&self) -> &Issuer {
        &self.0.issuer
    }

    /// Whether both are the same issuer, or know of each other by [`ProviderBuilder::beside`].
    pub fn is_beside(&self, other: &Self) -> bool {
        self.issuer() == other.issuer() || self.0.neighbours.is(&other.0.neighbours)
    }

    /// Fetches metadata and keys unless they are there. Optional: every other call does so when it must.
    ///
    /// # Errors
    /// [`Error::Transport`] when the provider cannot be reached, [`Error::Discovery`] when its metadata breaks a rule,
    /// [`Error::Token`] when its keys are not to be had. A later call tries again, after a pause that grows from 1 to 60
    /// seconds; until then the same error is told as [`Error::Repeated`].
    pub async fn ready(&self) -> Result<(), Error> {
        self.metadata().await?;
        self.keys().current().await.map_err(TokenError::from)?;
        Ok(())
    }

    /// Renews metadata and keys whose time has nearly come, so that no login has to wait for it. For a background task;
    /// returns when to call again, between a second and a minute.
    ///
    /// ```no_run
    /// # use vestibule::{Diagnose, Provider};
    /// # async fn keep_fresh(provider: Provider) {
    /// loop {
    ///     let pause = match provider.refresh_if_due().await {
    ///         Ok(pause) => pause,
    ///         Err(error) => {
    ///             eprintln!("{error}: {}", error.hint());
    ///             std::time::Duration::from_secs(30)
    ///         }
    ///     };
    ///     tokio::time::sleep(pause).await;
    /// }
    /// # }
    /// ```
    ///
    /// # Errors
    /// As for [`ready`](Self::ready); what was known before stays in use.
    pub async fn refresh_if_due(&self) -> Result<Duration, Error> {
        self.0.metadata.refresh_if_due(self).await?;
        Ok(self.keys().refresh_if_due().await.map_err(TokenError::from)?)
    }

    /// What the provider says about itself: kept for an hour, then read again, and kept on while that fails.
    ///
    /// # Errors
    /// As for [`ready`](Self::ready), keys aside, and only while nothing is known.
    pub async fn metadata(&self) -> Result<Arc<ProviderMetadata>, Error> {
        self.0.metadata.get(self).await
    }

    /// The clock that everything at this provider is measured by.
    pub fn clock(&self) -> &Arc<dyn Clock> {
        &self.0.clock
    }

    /// The source of every unguessable value.
    pub fn random(&self) -> &Arc<dyn Random> {
        &self.0.random
    }

    /// The issuer's URL, at the origin where this application calls it.
    pub(crate) fn called_issuer(&self) -> Option<url::Url> {
        Some(self.0.backchannel.called(self.issuer().url()?, self.issuer()))
    }

    pub(crate) fn keys(&self) -> IssuerKeys<'_, JwksEndpoint<'_>> {
        IssuerKeys { cache: &self.0.keys, fetch: JwksEndpoint(self), clock: self.clock().as_ref() }
    }

    /// Changes whenever a key set was read.
    pub(crate) fn key_generation(&self) -> u64 {
        self.0.keys.generation()
    }

    pub(crate) fn signatures(&self) -> &dyn SignatureVerifier {
        self.0.signatures.as_ref()
    }

    /// Sends one exchange and reads its answer. A redirect is refused here, for every call.
    pub(crate) async fn exchange<E: Exchange>(&self, exchange: E) -> Result<E::Answer, E::Error> {
        let response = self.send(exchange.request(), exchange.limits()).await?;
        exchange.accept(response, self.clock().now())
    }

    async fn send(
        &self,
        request: http::Request<bytes::Bytes>,
        limits: crate::transport::Limits,
    ) -> Result<http::Response<bytes::Bytes>, TransportError> {
        let response = self.0.transport.send(request, limits).await?;
        if response.status().is_redirection() {
            return Err(TransportError::new(TransportErrorKind::Redirected, true));
        }
        if response.body().len() > limits.body {
            return Err(TransportError::new(TransportErrorKind::TooLarge, true));
        }
        Ok(response)
    }
}

impl fmt::Debug for Provider {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Provider").field("issuer", &self.0.issuer).finish_non_exhaustive()
    }
}

/// Where the key cache gets its key set from.
pub(crate) struct JwksEndpoint<'a>(pub(crate) &'a Provider);

#[cfg_attr(not(target_arch = "wasm32"), async_trait::async_trait)]
#[cfg_attr(target_arch = "wasm32", async_trait::async_trait(?Send))]
impl FetchKeys for JwksEndpoint<'_> {
    async fn fetch(&self) -> Result<http::Response<bytes::Bytes>, Error> {
        let metadata = self.0.metadata().await?;
        let request = crate::exchange::get(&metadata.jwks_uri);
        Ok(self.0.send(request, crate::transport::Limits::STANDARD).await?)
    }
}
