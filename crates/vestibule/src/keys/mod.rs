//! The keys of an issuer: what a key set may hold, which key a token means, and how a set stays current.

mod cache;
mod error;
mod freshness;
mod issuer_keys;
mod jwk;
mod key_set;
mod material;
mod refresh;
mod snapshot;
mod source;

pub(crate) use cache::KeyCache;
pub use error::KeysError;
pub(crate) use issuer_keys::IssuerKeys;
pub use jwk::Jwk;
#[cfg(not(target_arch = "wasm32"))]
pub(crate) use jwk::may;
pub(crate) use key_set::Candidates;
pub use key_set::KeySet;
#[cfg(not(target_arch = "wasm32"))]
pub(crate) use material::Curve;
pub(crate) use material::KeyMaterial;
#[cfg(test)]
pub(crate) use source::CurrentKeys;
pub(crate) use source::{FetchKeys, KeySource};

#[cfg(test)]
mod tests;
