//! OpenID Connect sessions over HTTP, for any web framework.

#![cfg_attr(
    not(test),
    warn(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)
)]

mod api;
mod application;
mod challenge;
#[cfg(any(test, feature = "conformance"))]
pub mod conformance;
mod cookie;
mod csrf;
mod digest;
mod endpoint;
mod engine;
pub mod error;
mod guard;
#[doc(hidden)]
pub mod handler;
pub mod http;
mod initiation;
mod login_options;
pub mod memory;
pub mod near_cache;
pub mod observe;
mod pages;
mod pending;
mod relying_party;
mod return_to;
mod revocation_queue;
mod session;
mod settings;
mod several;
mod silent;
mod spent_states;
pub mod store;
#[cfg(any(test, feature = "test-util"))]
pub mod testing;
mod to_the_end;
mod upstream;

pub use api::{Api, ApiBuilder, ApiError, Call};
pub use cookie::CookieKeys;
pub use endpoint::Endpoint;
pub use error::{ConfigError, Error, SessionError};
pub use guard::{Guard, Judgement, Requirement, StepUp};
pub use memory::MemoryStore;
pub use near_cache::NearCache;
pub use relying_party::{NoSessions, RelyingParty, RelyingPartyBuilder, Sealed, SealedRevocable, Stored};
pub use return_to::ReturnTo;
pub use session::{OtherSession, Session, SessionData, Visit, Visitor};
pub use settings::{Lifetimes, LoginAttempt, LoginVerdict, LogoutScope};
pub use several::{RelyingParties, RelyingPartiesBuilder};
pub use upstream::Upstream;
pub use vestibule;
