//! OpenID Connect sessions over HTTP, for any web framework.

#![cfg_attr(
    not(test),
    warn(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)
)]

pub mod memory;
pub mod store;
