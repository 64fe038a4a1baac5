//! OpenID Connect for relying parties, where the usual mistakes do not compile.

#![cfg_attr(
    not(test),
    warn(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)
)]

mod error;
mod maybe_send;
mod random;
mod time;

pub use error::{Diagnose, Diagnosis, Disposition};
pub use maybe_send::{MaybeSend, MaybeSync};
pub use random::{OsRandom, Random, RandomError};
pub use time::{Clock, ProviderTime, SystemClock};
#[cfg(any(test, feature = "test-util"))]
pub mod testing;
