use std::fmt;

use url::Url;

use crate::{
    ConfigError,
    endpoint::{is_allowed, is_plainly_written},
};

/// Where the provider sends the user back to, exactly as it is registered there.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct RedirectUri(String);

impl RedirectUri {
    /// Takes an absolute https URL without fragment or user information; http for loopback hosts only.
    ///
    /// # Errors
    /// [`ConfigError::RedirectUri`] for anything else (RFC 6749 section 3.1.2).
    pub fn new(uri: impl Into<String>) -> Result<Self, ConfigError> {
        let uri = uri.into();
        let fits = Url::parse(&uri).is_ok_and(|url| is_allowed(&url) && url.fragment().is_none());
        if fits && is_plainly_written(&uri) { Ok(Self(uri)) } else { Err(ConfigError::RedirectUri) }
    }

    /// The URI as it was given.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for RedirectUri {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RedirectUri({})", self.0)
    }
}
