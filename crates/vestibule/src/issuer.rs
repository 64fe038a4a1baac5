use std::fmt;

use crate::{
    ConfigError,
    endpoint::{is_allowed, is_plainly_written},
};

/// An issuer identifier, exactly as configured: compared code point by code point, never normalised
/// (OpenID Connect Core section 2, Discovery section 3).
///
/// ```
/// use vestibule::Issuer;
///
/// assert_ne!(Issuer::new("https://acme.example")?, Issuer::new("https://acme.example/")?);
/// assert!(Issuer::new("http://acme.example").is_err(), "https, except on this machine");
/// assert!(Issuer::new("http://127.0.0.1:8080").is_ok());
/// # Ok::<(), vestibule::ConfigError>(())
/// ```
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Issuer(String);

impl Issuer {
    /// Takes an https URL without user information, query or fragment; http is accepted for loopback hosts only.
    ///
    /// # Errors
    /// [`ConfigError::Issuer`] for anything else (checklist E01, E06).
    pub fn new(issuer: impl Into<String>) -> Result<Self, ConfigError> {
        let issuer = issuer.into();
        let fits = url::Url::parse(&issuer)
            .is_ok_and(|url| is_allowed(&url) && url.query().is_none() && url.fragment().is_none());
        if fits && is_plainly_written(&issuer) { Ok(Self(issuer)) } else { Err(ConfigError::Issuer) }
    }

    /// The issuer as it was given.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Where the provider's metadata is: the issuer without a trailing slash, then the well-known path
    /// (Discovery section 4).
    pub(crate) fn discovery_url(&self) -> String {
        format!("{}/.well-known/openid-configuration", self.0.strip_suffix('/').unwrap_or(&self.0))
    }
}

impl fmt::Display for Issuer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for Issuer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Issuer({})", self.0)
    }
}
