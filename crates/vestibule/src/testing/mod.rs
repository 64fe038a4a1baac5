//! A settable clock, seeded randomness and a scripted transport (feature `test-util`).

mod clock;
mod random;
#[cfg(not(target_arch = "wasm32"))]
mod test_issuer;
#[cfg(not(target_arch = "wasm32"))]
mod test_key;
#[cfg(not(target_arch = "wasm32"))]
mod test_provider;
#[cfg(not(target_arch = "wasm32"))]
mod test_verifier;
mod transport;

pub use clock::TestClock;
pub use random::SeededRandom;
#[cfg(not(target_arch = "wasm32"))]
pub use test_issuer::TestIssuer;
#[cfg(not(target_arch = "wasm32"))]
pub use test_key::TestKey;
#[cfg(not(target_arch = "wasm32"))]
pub use test_provider::TestProvider;
#[cfg(not(target_arch = "wasm32"))]
pub use test_verifier::TestVerifier;
pub use transport::{TestTransport, json_response};
