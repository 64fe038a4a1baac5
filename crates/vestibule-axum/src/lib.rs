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
//!
//! # Tests of applications
//!
//! The feature `test-util`, switched on among the `dev-dependencies` alone, brings the module `testing`: it signs users
//! in without a provider.
//!
//! ```
//! # use axum::{Router, body::Body, http::{Request, StatusCode}, routing::get};
//! # use vestibule_axum::{CookieKeys, MemoryStore, RelyingParty, Session, vestibule::{ClientSecret, OsRandom, Provider}};
//! # use tower::ServiceExt;
//! use vestibule_axum::testing::{TestUser, sign_in};
//!
//! # async fn me(session: Session) -> String { session.subject().to_owned() }
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let app = Provider::new("https://acme.example")?.web_app("dashboard", ClientSecret::new("s3cret"));
//! # let rp = RelyingParty::builder(app, "https://app.acme.example")
//! #     .stored_sessions(MemoryStore::new(), CookieKeys::generate(&OsRandom)?)
//! #     .build()?;
//! let router = vestibule_axum::wrap(Router::new().route("/me", get(me)), rp.clone());
//!
//! let alice = sign_in(&rp, TestUser::new("alice").role("admin")).await?;
//! let request = Request::get("/me").header("cookie", alice.cookie()).body(Body::empty())?;
//! assert_eq!(router.oneshot(request).await?.status(), StatusCode::OK);
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
#[cfg(feature = "test-util")]
pub use vestibule_web::testing;
pub use vestibule_web::{
    Api, ConfigError, CookieKeys, Error, Guard, Lifetimes, LoginAttempt, LoginVerdict, LogoutScope,
    MemoryStore, OtherSession, RelyingParties, RelyingParty, Requirement, SessionError, Upstream, error,
    http, store, vestibule,
};
pub use wrap::wrap;
