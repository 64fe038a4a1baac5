//! How requests reach the provider: one trait, bounded in time and size, that follows no redirect.

mod error;
#[cfg(target_arch = "wasm32")]
mod fetch;
#[cfg(all(feature = "reqwest", not(target_arch = "wasm32")))]
mod http;

use std::{fmt, time::Duration};

use async_trait::async_trait;
use bytes::Bytes;

#[cfg(target_arch = "wasm32")]
pub use self::fetch::FetchTransport;
#[cfg(all(feature = "reqwest", not(target_arch = "wasm32")))]
pub use self::http::HttpTransport;
pub use error::{TransportError, TransportErrorKind};

use crate::{MaybeSend, MaybeSync};

/// Carries one request to the provider and brings its answer back.
///
/// An implementation follows no redirect, keeps no cookies, takes no proxy from its surroundings, and gives up when a
/// limit is reached. Whatever it is, it never retries: a token request is not repeatable.
///
/// One that counts what goes through another:
///
/// ```
/// use std::sync::atomic::{AtomicUsize, Ordering};
///
/// use async_trait::async_trait;
/// use bytes::Bytes;
/// use vestibule::transport::{HttpTransport, Limits, Transport, TransportError};
///
/// #[derive(Debug)]
/// struct Counted(HttpTransport, AtomicUsize);
///
/// #[async_trait]
/// impl Transport for Counted {
///     async fn send(
///         &self,
///         request: http::Request<Bytes>,
///         limits: Limits,
///     ) -> Result<http::Response<Bytes>, TransportError> {
///         self.1.fetch_add(1, Ordering::Relaxed);
///         self.0.send(request, limits).await
///     }
/// }
///
/// # fn main() -> Result<(), vestibule::ConfigError> {
/// let transport = Counted(HttpTransport::new()?, AtomicUsize::new(0));
/// let provider = vestibule::Provider::builder("https://acme.example")?.transport(transport).build()?;
/// # let _ = provider; Ok(())
/// # }
/// ```
#[cfg_attr(not(target_arch = "wasm32"), async_trait)]
#[cfg_attr(target_arch = "wasm32", async_trait(?Send))]
pub trait Transport: fmt::Debug + MaybeSend + MaybeSync + 'static {
    /// Sends the request and reads the whole answer, whatever its status.
    ///
    /// # Errors
    /// When there is no answer, or not within the limits. The error tells whether the request may have been sent.
    async fn send(
        &self,
        request: ::http::Request<Bytes>,
        limits: Limits,
    ) -> Result<::http::Response<Bytes>, TransportError>;
}

/// The bounds of one call (checklist E03, E04).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// For the whole call, the body included.
    pub time: Duration,
    /// For the decoded body, in bytes.
    pub body: usize,
}

impl Limits {
    /// Ten seconds and 256 KiB: metadata, key sets, tokens.
    pub const STANDARD: Self = Self { time: Duration::from_secs(10), body: 256 * 1024 };

    /// Ten seconds and 1 MiB: UserInfo.
    pub const USER_INFO: Self = Self { time: Duration::from_secs(10), body: 1024 * 1024 };
}
