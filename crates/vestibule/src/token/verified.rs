use std::{fmt, ops::Deref};

/// A token whose signature and rules were checked. Only the verifier makes one.
///
/// It reads like the token inside. A function that takes a `&Verified<IdToken>` cannot be given anything else.
#[derive(Clone, PartialEq, Eq)]
pub struct Verified<T>(T);

impl<T> Verified<T> {
    pub(super) fn new(token: T) -> Self {
        Self(token)
    }

    /// Gives up the proof and keeps the token.
    pub fn into_inner(self) -> T {
        self.0
    }
}

impl<T> Deref for Verified<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}

impl<T: fmt::Debug> fmt::Debug for Verified<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Verified").field(&self.0).finish()
    }
}
