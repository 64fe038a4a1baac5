//! OpenID Connect for relying parties, where the usual mistakes do not compile.
//!
//! This is the protocol client: it logs users in at a provider, keeps their tokens fresh, hears of logouts, and logs them
//! out. It knows no web framework, no session and no runtime. Web applications want `vestibule-axum` or `vestibule-web`,
//! which add sessions, cookies and endpoints to it.
//!
//! # A session, from its beginning to its end
//!
//! ```
//! # use vestibule::{ClientSecret, Diagnose, Disposition, testing::TestProvider};
//! use vestibule::{AuthorizationRequest, Callback, EndSession, Provider, RedirectUri};
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! // A provider is its issuer. Making one needs no network: the application starts while the provider is down.
//! let provider = Provider::new("https://op.example")?;
//! # let op = TestProvider::new("https://op.example")?;
//! # let provider = op.provider();
//! # let secret = ClientSecret::new("s");
//! let client = provider.web_app("dashboard", secret);
//!
//! // Login: redirect the browser to `start.url`, and keep `start.pending` for this browser alone.
//! let request = AuthorizationRequest::new(RedirectUri::new("https://app.example/auth/callback")?);
//! let start = client.begin_login(&request.scopes(["profile", "offline_access"])).await?;
//! # let query = op.log_in(&start);
//!
//! // The browser comes back with a query. Who comes out of this is verified, for this very attempt.
//! let login = client.complete_login(start.pending, &Callback::parse(&query)?).await?;
//! println!("hello {}", login.id_token.subject());
//!
//! // Later: new tokens for the same login. Only an error of disposition `Gone` ends the session.
//! # let refresh_token = login.tokens.refresh_token.ok_or("none")?;
//! let refreshed = client.refresh(&refresh_token, login.id_token.identity()).await?;
//! # assert!(refreshed.id_token.is_some());
//!
//! // The user logged out elsewhere: the provider posts a signed token that says whose sessions end.
//! # let logout_token = op.logout_token("dashboard");
//! let logout = client.verify_logout_token(&logout_token).await?;
//! # assert_eq!(logout.sid(), login.id_token.sid());
//!
//! // The user logs out here: end your session, then send the browser to the provider.
//! let end = EndSession::new().id_token_hint(login.id_token.raw().clone());
//! let url = client.end_session_url(&end).await?;
//! # assert_eq!(url.path(), "/logout");
//! # Ok(())
//! # }
//! ```
//!
//! # What it does, and never does
//!
//! - Every login has its own `state`, `nonce` and PKCE verifier (S256). None of them can be left out or chosen, and a
//!   [`PendingLogin`] is gone once it was completed: whoever stores one sees to it that it is taken out once.
//! - A [`Verified`] token passed its signature and every rule of its kind. Nothing else makes one, and no kind of token
//!   passes for another.
//! - A code or a refresh token is sent once. Errors tell whether it may have been spent ([`RefreshError::maybe_spent`]).
//! - Metadata and keys are fetched by one caller for all, renewed ahead of need, and kept through outages. "Cannot check
//!   now" is never "invalid": see [`Disposition`].
//! - Calls are bounded in time and size. No redirect is followed, no proxy or cookie taken from the surroundings, and
//!   no unencrypted host talked to but this machine.
//! - No secret shows in `Debug`, errors or logs, and ours are zeroed on drop. The time and all randomness are given
//!   ([`Clock`], [`Random`]), so that tests can set them.
//!
//! Every error names its rule with a stable code and says what to fix: see [`Diagnose`].
//!
//! # Features
//!
//! | feature | default | brings |
//! |---|---|---|
//! | `reqwest` | yes | [`transport::HttpTransport`] over rustls, and with it `Provider::new`; native targets only |
//! | `test-util` | no | the module `testing`: a provider in memory, a settable clock, seeded randomness |
//!
//! Without `reqwest`, give [`Provider::builder`] a [`transport::Transport`] of your own. In a browser (the target
//! `wasm32-unknown-unknown`) calls go through `fetch`, signatures are checked by WebCrypto, and no feature is needed.

#![cfg_attr(
    not(test),
    warn(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)
)]
#![cfg_attr(
    target_arch = "wasm32",
    allow(clippy::arc_with_non_send_sync, reason = "a page has one thread, a server several")
)]

mod authority;
mod backoff;
mod client;
mod device;
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
#[cfg(doctest)]
mod misuse;
pub mod observe;
mod provider;
mod random;
mod resource_server;
pub mod scalekit;
mod secret;
mod time;
mod token;
pub mod transport;

pub use authority::{Authority, AuthorityClaims};
#[cfg(not(target_arch = "wasm32"))]
pub use client::PrivateKey;
pub use client::{
    AnyKind, Client, ClientCredentials, ClientKind, CodeFlow, Confidential, Credential, EndSession, Native,
    Refreshed, Service, Spa, TokenSource, WebApp,
};
pub use device::{DeviceError, DevicePoll, DeviceRequest, DeviceStart, PendingDeviceLogin, UserCode};
pub use error::{ConfigError, Diagnose, Diagnosis, Disposition, Error, ProviderRefusal};
pub use exchange::{
    IntrospectionError, RefreshError, RefreshFailure, RetryAfter, RevocableToken, RevocationError,
    ServiceTokenError, TokenEndpointError, TokenResponse,
};
pub use issuer::{Issuer, Tenants};
#[cfg(not(target_arch = "wasm32"))]
pub use jwt::AwsLc;
#[cfg(target_arch = "wasm32")]
pub use jwt::WebCrypto;
pub use jwt::{Algorithm, AllowedAlgorithms, JwtError, SignatureJob, SignatureVerifier, UnknownAlgorithm};
pub use keys::{Jwk, KeySet, KeysError};
pub use login::{
    AuthorizationRequest, Callback, CallbackError, Login, LoginStart, PendingLogin, Prompt, RedirectUri,
};
pub use maybe_send::{MaybeSend, MaybeSync};
pub use provider::{DiscoveryError, Provider, ProviderBuilder, ProviderMetadata};
pub use random::{OsRandom, Random, RandomError};
pub use resource_server::{Introspection, ResourceServer, ResourceServerBuilder};
pub use secret::{
    AccessToken, AuthorizationCode, ClientSecret, CodeVerifier, DeviceCode, Nonce, RawIdToken, RefreshToken,
    State,
};
pub use time::{Clock, ProviderTime, SystemClock};
pub use token::{
    AccessGrant, AccessTokenError, AccessTokenPolicy, AzpCheck, ClaimsShapeError, IdToken, IdTokenError,
    Identity, IdpInitiatedLogin, IdpInitiatedLoginError, LogoutToken, LogoutTokenError, LogoutTokenPolicy,
    TokenError, TokenPolicy, UserInfo, UserInfoError, Verified,
};
#[cfg(any(test, feature = "test-util"))]
pub mod testing;
