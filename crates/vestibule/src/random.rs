use std::fmt;

use crate::{Diagnose, Diagnosis, Disposition, MaybeSend, MaybeSync};

/// Where unguessable values come from: `state`, `nonce`, code verifiers, session handles.
pub trait Random: fmt::Debug + MaybeSend + MaybeSync + 'static {
    /// Fills `bytes` with output of a cryptographically secure generator.
    ///
    /// # Errors
    /// When the generator fails. Callers fail too: there is no weaker source to fall back to.
    fn fill(&self, bytes: &mut [u8]) -> Result<(), RandomError>;
}

/// The operating system's generator; in the browser, `crypto.getRandomValues`.
#[derive(Clone, Copy, Debug, Default)]
pub struct OsRandom;

impl Random for OsRandom {
    #[expect(clippy::disallowed_methods, reason = "this is the source that everything else is given")]
    fn fill(&self, bytes: &mut [u8]) -> Result<(), RandomError> {
        getrandom::fill(bytes).map_err(|_| RandomError)
    }
}

/// The random source failed (checklist H20).
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the random source failed")]
pub struct RandomError;

impl Diagnose for RandomError {
    fn diagnosis(&self) -> Diagnosis {
        Diagnosis::new(
            "random.failed",
            Disposition::Retry,
            "check that the process may read the system's random source",
        )
    }
}
