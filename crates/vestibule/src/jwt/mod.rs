//! What holds for every JWT: the compact form, the header, the algorithms, the signature.

mod algorithm;
mod allowed;
#[cfg(not(target_arch = "wasm32"))]
mod aws_lc;
mod compact;
mod error;
mod header;
mod signature;
#[cfg(not(target_arch = "wasm32"))]
mod signing_key;
#[cfg(target_arch = "wasm32")]
mod web_crypto;

pub use algorithm::{Algorithm, UnknownAlgorithm};
pub use allowed::AllowedAlgorithms;
#[cfg(not(target_arch = "wasm32"))]
pub use aws_lc::AwsLc;
#[cfg(not(target_arch = "wasm32"))]
pub(crate) use aws_lc::ParsedKey;
pub(crate) use compact::{MAX_TOKEN, UnverifiedJwt};
pub use error::JwtError;
pub(crate) use header::{Header, KeyId};
pub(crate) use signature::has_small_order;
pub use signature::{SignatureJob, SignatureVerifier};
#[cfg(not(target_arch = "wasm32"))]
pub(crate) use signing_key::SigningKey;
#[cfg(target_arch = "wasm32")]
pub use web_crypto::WebCrypto;
