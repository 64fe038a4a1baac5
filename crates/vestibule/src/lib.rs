//! OpenID Connect for relying parties, where the usual mistakes do not compile.

#![cfg_attr(
    not(test),
    warn(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)
)]

mod backoff;
mod client;
mod endpoint;
mod error;
mod exchange;
pub mod form;
mod issuer;
mod json;
mod jwt;
mod keys;
mod login;
mod maybe_send;
mod provider;
mod random;
mod secret;
mod time;
mod token;
pub mod transport;

pub use client::{AnyKind, Client, ClientKind, CodeFlow, Confidential, EndSession, Refreshed, WebApp};
pub use error::{ConfigError, Diagnose, Diagnosis, Disposition, Error, ProviderRefusal};
pub use exchange::{
    RefreshError, RefreshFailure, RetryAfter, RevocableToken, RevocationError, TokenEndpointError,
    TokenResponse,
};
pub use issuer::Issuer;
#[cfg(not(target_arch = "wasm32"))]
pub use jwt::AwsLc;
pub use jwt::{Algorithm, AllowedAlgorithms, JwtError, SignatureJob, SignatureVerifier, UnknownAlgorithm};
pub use keys::{Jwk, KeySet, KeysError};
pub use login::{
    AuthorizationRequest, Callback, CallbackError, Login, LoginStart, PendingLogin, Prompt, RedirectUri,
};
pub use maybe_send::{MaybeSend, MaybeSync};
pub use provider::{DiscoveryError, Provider, ProviderBuilder, ProviderMetadata};
pub use random::{OsRandom, Random, RandomError};
pub use secret::{
    AccessToken, AuthorizationCode, ClientSecret, CodeVerifier, Nonce, RawIdToken, RefreshToken, State,
};
pub use time::{Clock, ProviderTime, SystemClock};
pub use token::{
    AzpCheck, ClaimsShapeError, IdToken, IdTokenError, Identity, LogoutToken, LogoutTokenError,
    LogoutTokenPolicy, TokenError, TokenPolicy, UserInfo, UserInfoError, Verified,
};
#[cfg(any(test, feature = "test-util"))]
pub mod testing;
