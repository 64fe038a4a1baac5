//! OpenID Connect login, sessions and logout for actix-web.
//!
//! [`wrap`] is the way in: it mounts the endpoints and covers every route, whatever the app is made of. The extractors
//! [`Session`] and [`Visitor`] tell who is there. The relying party is built once, outside of the closure that makes an
//! app for each worker.
//!
//! ```no_run
//! use actix_web::{App, HttpServer, web::get};
//! use vestibule_actix::{
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
//! let server = HttpServer::new(move || {
//!     let app = App::new().route("/", get().to(home)).route("/me", get().to(me));
//!     vestibule_actix::wrap(app, rp.clone()) // last
//! });
//! server.bind("127.0.0.1:3000")?.run().await?;
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
//! # use actix_web::{App, http::StatusCode, web::get};
//! # use vestibule_actix::{CookieKeys, MemoryStore, RelyingParty, Session, vestibule::{ClientSecret, OsRandom, Provider}};
//! use actix_web::test::{TestRequest, call_service, init_service};
//! use vestibule_actix::testing::{TestUser, sign_in};
//!
//! # async fn me(session: Session) -> String { session.subject().to_owned() }
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let app = Provider::new("https://acme.example")?.web_app("dashboard", ClientSecret::new("s3cret"));
//! # let rp = RelyingParty::builder(app, "https://app.acme.example")
//! #     .stored_sessions(MemoryStore::new(), CookieKeys::generate(&OsRandom)?)
//! #     .build()?;
//! let app = App::new().route("/me", get().to(me));
//! let app = init_service(vestibule_actix::wrap(app, rp.clone())).await;
//!
//! let alice = sign_in(&rp, TestUser::new("alice").role("admin")).await?;
//! let request = TestRequest::get().uri("/me").insert_header(("cookie", alice.cookie()));
//! assert_eq!(call_service(&app, request.to_request()).await.status(), StatusCode::OK);
//! # Ok(())
//! # }
//! ```

mod api;
mod convert;
mod entrance;
mod entry;
mod extract;
mod failure;
mod form;
mod guard;
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
