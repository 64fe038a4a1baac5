//! OpenID Connect for desktop and command-line applications: the system browser, the device flow, the OS secure store.

#![cfg_attr(
    not(test),
    warn(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)
)]

mod error;

pub use error::NativeError;
pub use vestibule;
