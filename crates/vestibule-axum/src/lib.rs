#![doc = include_str!("../README.md")]

mod extract;
mod failure;
mod handler;
mod require;
mod service;
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
pub use wrap::{wrap, wrap_api};
