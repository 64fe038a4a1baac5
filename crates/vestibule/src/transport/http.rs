use std::time::Duration;

use async_trait::async_trait;
use bytes::{Bytes, BytesMut};
use reqwest::{Client, redirect::Policy};

use super::{Limits, Transport, TransportError, TransportErrorKind};
use crate::ConfigError;

const CONNECT: Duration = Duration::from_secs(3);

/// The bundled transport: rustls, no redirects, no proxy from the environment, no cookies.
#[derive(Clone, Debug)]
pub struct HttpTransport(Client);

impl HttpTransport {
    /// A transport that trusts the authorities of the operating system.
    ///
    /// # Errors
    /// [`ConfigError::Transport`] when TLS cannot be set up.
    pub fn new() -> Result<Self, ConfigError> {
        let client = Client::builder()
            .redirect(Policy::none())
            .no_proxy()
            .referer(false)
            .connect_timeout(CONNECT)
            .user_agent(concat!("vestibule/", env!("CARGO_PKG_VERSION")))
            .build();
        client.map(Self).map_err(|_| ConfigError::Transport)
    }
}

#[async_trait]
impl Transport for HttpTransport {
    async fn send(
        &self,
        request: http::Request<Bytes>,
        limits: Limits,
    ) -> Result<http::Response<Bytes>, TransportError> {
        let mut request = reqwest::Request::try_from(request.map(reqwest::Body::from)).map_err(classify)?;
        *request.timeout_mut() = Some(limits.time);
        let mut response = self.0.execute(request).await.map_err(classify)?;
        let mut body = BytesMut::new();
        while let Some(chunk) = response.chunk().await.map_err(classify)? {
            if body.len() + chunk.len() > limits.body {
                return Err(TransportError::new(TransportErrorKind::TooLarge, true));
            }
            body.extend_from_slice(&chunk);
        }
        let mut answer = http::Response::new(body.freeze());
        *answer.status_mut() = response.status();
        *answer.headers_mut() = std::mem::take(response.headers_mut());
        Ok(answer)
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

fn is_tls(error: &reqwest::Error) -> bool {
    let mut cause = std::error::Error::source(error);
    while let Some(error) = cause {
        let inner = error.downcast_ref::<std::io::Error>().and_then(std::io::Error::get_ref);
        if inner.is_some_and(|inner| inner.is::<rustls::Error>()) || error.is::<rustls::Error>() {
            return true;
        }
        cause = error.source();
    }
    false
}
