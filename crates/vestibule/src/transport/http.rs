use std::{fmt, time::Duration};

use async_trait::async_trait;
use bytes::{Bytes, BytesMut};
use reqwest::{Certificate, Client, ClientBuilder, Proxy, Url, redirect::Policy, retry, tls};

use super::{Limits, Transport, TransportError, TransportErrorKind};
use crate::{ConfigError, endpoint::is_loopback};

const CONNECT: Duration = Duration::from_secs(3);

/// How long an unused connection is kept: less than any server keeps it, so that no request meets a closing connection
/// and is lost.
const IDLE: Duration = Duration::from_secs(3);

/// The bundled transport: rustls with TLS 1.2 or later, no redirects, no repetitions, no proxy from the environment, no
/// cookies, no decompression. There is no way to accept a certificate that does not hold.
#[derive(Clone)]
pub struct HttpTransport(Client);

impl HttpTransport {
    /// A transport that trusts the authorities of the operating system.
    ///
    /// # Errors
    /// [`ConfigError::Transport`] when TLS cannot be set up.
    pub fn new() -> Result<Self, ConfigError> {
        finish(strict())
    }

    /// A transport that trusts these authorities too: one or more certificates in PEM.
    ///
    /// # Errors
    /// [`ConfigError::Transport`] when there is none, one cannot be read, or TLS cannot be set up.
    pub fn trusting(authorities: &[u8]) -> Result<Self, ConfigError> {
        let authorities = Certificate::from_pem_bundle(authorities).map_err(|_| ConfigError::Transport)?;
        if authorities.is_empty() {
            return Err(ConfigError::Transport);
        }
        finish(strict().tls_certs_merge(authorities))
    }

    /// A transport that reaches other machines through this HTTP proxy, and loopback hosts without it. Proxies of the
    /// environment (`HTTPS_PROXY` and the like) are never used.
    ///
    /// # Errors
    /// [`ConfigError::Transport`] when the URL is no proxy's, or TLS cannot be set up.
    pub fn through_proxy(proxy: &str) -> Result<Self, ConfigError> {
        let proxy = Url::parse(proxy).map_err(|_| ConfigError::Transport)?;
        if !matches!(proxy.scheme(), "http" | "https") || !proxy.has_host() {
            return Err(ConfigError::Transport);
        }
        let choose = move |target: &Url| (!is_loopback(target)).then(|| proxy.clone());
        finish(strict().proxy(Proxy::custom(choose)))
    }

    /// A transport over a client of your own making: add authorities, proxies, a resolver, a client certificate, timeouts.
    /// The guarantees of this transport are set after you, and cannot be taken back: no redirects, no repetitions, no
    /// decompression, TLS 1.2 or later, certificates that hold. For that, a whole TLS configuration of your own
    /// (`tls_backend_preconfigured`) is put aside: add authorities and an identity to the client instead. A proxy that you add is used as you say, for loopback hosts
    /// too; proxies of the environment are not.
    ///
    /// ```
    /// use std::time::Duration;
    ///
    /// use vestibule::{Provider, transport::HttpTransport};
    ///
    /// # fn main() -> Result<(), vestibule::ConfigError> {
    /// let transport = HttpTransport::with_client(|client| client.tcp_keepalive(Duration::from_secs(30)))?;
    /// let provider = Provider::builder("https://acme.example")?.transport(transport).build()?;
    /// # let _ = provider; Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`ConfigError::Transport`] when the client cannot be set up.
    pub fn with_client(configure: impl FnOnce(ClientBuilder) -> ClientBuilder) -> Result<Self, ConfigError> {
        finish(guard(configure(defaults())))
    }
}

fn strict() -> ClientBuilder {
    guard(defaults())
}

fn defaults() -> ClientBuilder {
    Client::builder()
        .connect_timeout(CONNECT)
        .pool_idle_timeout(IDLE)
        .user_agent(concat!("vestibule/", env!("CARGO_PKG_VERSION")))
}

/// Switches off what another crate of the application may have compiled in, or its configuration switched on.
fn guard(client: ClientBuilder) -> ClientBuilder {
    client
        .redirect(Policy::none())
        .retry(retry::never())
        // A proxy that is never chosen: with any of its own, the client asks the environment for none.
        .proxy(Proxy::custom(|_| None::<Url>))
        // In the place of a TLS configuration that would not be asked about any of the following.
        .tls_backend_rustls()
        .tls_danger_accept_invalid_certs(false)
        .tls_danger_accept_invalid_hostnames(false)
        .tls_version_min(tls::Version::TLS_1_2)
        .no_gzip()
        .no_brotli()
        .no_zstd()
        .no_deflate()
        .referer(false)
}

fn finish(builder: ClientBuilder) -> Result<HttpTransport, ConfigError> {
    builder.build().map(HttpTransport).map_err(|_| ConfigError::Transport)
}

#[async_trait]
impl Transport for HttpTransport {
    async fn send(
        &self,
        request: http::Request<Bytes>,
        limits: Limits,
    ) -> Result<http::Response<Bytes>, TransportError> {
        let too_large = || TransportError::new(TransportErrorKind::TooLarge, true);
        let mut request = reqwest::Request::try_from(request.map(reqwest::Body::from)).map_err(classify)?;
        *request.timeout_mut() = Some(limits.time);
        let mut response = self.0.execute(request).await.map_err(classify)?;
        if response.content_length().is_some_and(|length| length > limits.body as u64) {
            return Err(too_large());
        }
        let mut body = BytesMut::new();
        while let Some(chunk) = response.chunk().await.map_err(classify)? {
            if chunk.len() > limits.body.saturating_sub(body.len()) {
                return Err(too_large());
            }
            body.extend_from_slice(&chunk);
        }
        let mut answer = http::Response::new(body.freeze());
        *answer.status_mut() = response.status();
        *answer.headers_mut() = std::mem::take(response.headers_mut());
        Ok(answer)
    }
}

impl fmt::Debug for HttpTransport {
    /// Shows nothing of the client: its headers and proxies may hold passwords.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HttpTransport").finish_non_exhaustive()
    }
}

fn classify(error: reqwest::Error) -> TransportError {
    let sent = !error.is_connect() && !error.is_builder();
    let kind = if error.is_timeout() {
        TransportErrorKind::TimedOut
    } else if is_tls(&error) {
        TransportErrorKind::Tls
    } else {
        TransportErrorKind::Unreachable
    };
    TransportError::new(kind, sent).caused_by(error.without_url())
}

/// An I/O error hides the error that it wraps from `source`.
fn is_tls(error: &(dyn std::error::Error + 'static)) -> bool {
    let wrapped = error.downcast_ref::<std::io::Error>().and_then(std::io::Error::get_ref);
    error.is::<rustls::Error>()
        || wrapped.is_some_and(|wrapped| is_tls(wrapped))
        || error.source().is_some_and(is_tls)
}
