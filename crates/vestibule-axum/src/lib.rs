//! OpenID Connect login, sessions and logout for axum.
//!
//! [`wrap`] is the way in: it mounts the endpoints and covers every route, whatever the router was made of. The
//! extractors [`Session`] and [`Visitor`] tell who is there.
//!
//! ```no_run
//! use axum::{Router, routing::get};
//! use vestibule_axum::{
//!     CookieKeys, MemoryStore, RelyingParty, Session, Visitor,
//!     vestibule::{ClientSecret, Provider},
//! };
//!
//! async fn home(visitor: Visitor) -> String {
//!     match visitor {
//!         Visitor::Anonymous => "hello stranger".to_owned(),
//!         Visitor::SignedIn(session) => format!("hello {}", session.subject()),
//!     }
//! }
//!
//! async fn me(session: Session) -> String {
//!     format!("only for you, {}", session.subject())
//! }
//!
//! # async fn start() -> Result<(), Box<dyn std::error::Error>> {
//! let provider = Provider::new("https://acme.example")?;
//! let app = provider.web_app("dashboard", ClientSecret::from_env("DASHBOARD_SECRET")?);
//! let rp = RelyingParty::builder(app, "https://app.acme.example")
//!     .stored_sessions(MemoryStore::new(), CookieKeys::from_env("COOKIE_KEYS")?)
//!     .build()?;
//! let router = Router::new().route("/", get(home)).route("/me", get(me));
//! let router = vestibule_axum::wrap(router, rp); // last
//! # let _: Router = router;
//! # Ok(())
//! # }
//! ```

mod api;
mod extract;
mod failure;
mod form;
mod guard;
mod service;
mod wrap;

pub use api::{Bearer, Caller, wrap_api};
pub use extract::{Session, Visitor};
pub use failure::Failure;
pub use form::CheckedForm;
pub use guard::{Guarded, require};
pub use vestibule_web::{
    Api, ConfigError, CookieKeys, Error, Guard, Lifetimes, LoginAttempt, LoginVerdict, LogoutScope,
    MemoryStore, OtherSession, RelyingParties, RelyingParty, Requirement, SessionError, Upstream, error,
    http, store, vestibule,
};
pub use wrap::wrap;
