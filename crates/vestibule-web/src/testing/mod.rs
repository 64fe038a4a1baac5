//! Signs users in without a provider, for the tests of applications (feature `test-util`).
//!
//! What comes of it is a session like any other: in the store of the relying party or sealed for the browser, with its
//! lifetimes, heard by logouts. Only the login is missing, and the provider's word for it.
//!
//! Switch the feature on among the `dev-dependencies` alone. In what is deployed, nothing of this module is compiled.
//!
//! ```toml
//! [dev-dependencies]
//! vestibule-web = { version = "0.1", features = ["test-util"] }
//! ```
//!
//! ```
//! # use vestibule::{ClientSecret, OsRandom, Provider};
//! # use vestibule_web::{CookieKeys, MemoryStore, RelyingParty};
//! use vestibule_web::testing::{TestUser, sign_in};
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let app = Provider::new("https://acme.example")?.web_app("dashboard", ClientSecret::new("s3cret"));
//! # let rp = RelyingParty::builder(app, "https://app.acme.example")
//! #     .stored_sessions(MemoryStore::new(), CookieKeys::generate(&OsRandom)?)
//! #     .build()?;
//! let alice = sign_in(&rp, TestUser::new("alice").role("admin").claim("email", "alice@acme.example")).await?;
//! // Send `alice.cookie()` as the header `Cookie`, and `alice.csrf_token()` as `X-CSRF-Token` or the form field `csrf`.
//! # assert!(alice.cookie().starts_with("__Host-"));
//! # Ok(())
//! # }
//! ```

mod sign_in;
mod user;

pub use sign_in::{SignedIn, sign_in};
pub use user::TestUser;
