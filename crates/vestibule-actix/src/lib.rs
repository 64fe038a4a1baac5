#![doc = include_str!("../README.md")]

mod answer;
mod convert;
mod extract;
mod handler;
mod require;
mod wrap;

pub use handler::{Bearer, Caller, CheckedForm, Failure, Guarded, Session, Visitor};
pub use require::require;
#[cfg(feature = "test-util")]
pub use vestibule_web::testing;
pub use vestibule_web::{
    Api, ConfigError, CookieKeys, Error, Guard, Lifetimes, LoginAttempt, LoginVerdict, LogoutScope,
    MemoryStore, NearCache, OtherSession, RelyingParties, RelyingParty, Requirement, SessionError, Upstream,
    error, http, store, vestibule,
};
pub use wrap::{Application, wrap, wrap_api};
