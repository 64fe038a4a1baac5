//! A strict OpenID Provider for development and tests, with programmable misbehaviour.
//!
//! It runs inside the test or the demo, on a loopback port, on a thread of its own. It knows *users*, and *applications*
//! that share one session for each browser: who signs in at one application is known at the next, and who signs out of
//! one is signed out of all, by signed logout tokens. It is strict wherever a specification lets a provider be strict,
//! so that an application that works here works elsewhere; and each thing that a provider can get wrong is a
//! [switch](Misbehaviour), so that a test can show what the application makes of it.
//!
//! It is no provider for production: anybody may sign in as anybody, and it forgets everything when it stops.
//!
//! ```
//! use std::time::Duration;
//! use vestibule_dev_idp::{Application, DevIdp, JwtFault, Misbehaviour, User};
//!
//! let idp = DevIdp::builder()
//!     .user(User::new("alice").name("Alice Liddell").email("alice@acme.example"))
//!     .application(
//!         Application::web("dashboard", "dashboard-secret")
//!             .redirect_uri("http://127.0.0.1:3000/auth/callback")
//!             .post_logout_redirect_uri("http://127.0.0.1:3000/auth/logged-out")
//!             .backchannel_logout_uri("http://127.0.0.1:3000/auth/backchannel-logout"),
//!     )
//!     .start()?;
//! println!("issuer: {}", idp.issuer());
//!
//! idp.clock().advance(Duration::from_secs(600));           // every access token has expired
//! idp.roll_keys()?;                                        // and the keys are new
//! idp.misbehave(Misbehaviour::IdToken(JwtFault::Issuer));  // every ID token names a wrong issuer
//! idp.behave();
//!
//! let before = idp.requests();
//! // ... something that must not call the provider ...
//! assert_eq!((idp.requests() - before).back_channel(), 0);
//! # Ok::<_, Box<dyn std::error::Error>>(())
//! ```
//!
//! # Signing in without a browser
//!
//! A client that keeps cookies follows the application's redirect to `/authorize`, gets the login page, and sends its
//! form: `POST {issuer}/login` with `login=alice` and the page's hidden field `request`, which is nothing but the query
//! of the authorization request. So the login page need not even be read:
//!
//! ```text
//! GET  {app}/auth/login            -> 303 {issuer}/authorize?QUERY
//! POST {issuer}/login              login=alice & request=QUERY (form-encoded)   -> 303 {app}/auth/callback?code=...
//! ```
//!
//! `deny=1` instead of `login` answers `access_denied`. Without an `id_token_hint` for the session's user,
//! `/end_session` shows a page; its form is `POST {issuer}/end_session/confirm` with the query as `request`.

mod application;
mod blocking;
mod builder;
mod clock;
mod dev_idp;
mod device;
mod endpoints;
mod error;
mod event;
mod faults;
mod jwt;
mod keys;
mod logout;
mod messages;
mod pages;
mod provider;
mod random;
mod requests;
mod secret;
mod server;
mod settings;
mod sid;
mod signing_algorithm;
mod store;
mod user;

pub use self::application::{Application, ApplicationError, ApplicationType};
pub use self::builder::DevIdpBuilder;
pub use self::clock::Clock;
pub use self::dev_idp::{DevIdp, Outage};
pub use self::error::{SigningError, StartError, UserCodeError};
pub use self::event::{Event, EventKind, Events, LogoutCause};
pub use self::faults::{
    CallbackFault, DeliveryFault, DeviceAuthorizationFault, DiscoveryFault, Endpoint, HttpFault, JwksFault,
    JwtFault, Misbehaviour, PostLogoutFault, TokenAnswerFault, UserInfoFault,
};
pub use self::jwt::TokenDraft;
pub use self::logout::{Deliveries, Delivery};
pub use self::requests::Requests;
pub use self::secret::Secret;
pub use self::settings::ClientAuthentication;
pub use self::sid::{LogoutTokenContent, SidMode};
pub use self::signing_algorithm::SigningAlgorithm;
pub use self::user::User;

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
