mod spelling;
mod tenants;

use std::{fmt, sync::Arc};

use spelling::Spelling;
use tenants::Template;
pub use tenants::Tenants;
use url::Url;

use crate::{
    ConfigError,
    endpoint::{is_allowed, is_plainly_written},
};

/// An issuer identifier, exactly as configured: compared code point by code point, never normalised
/// (OpenID Connect Core section 2, Discovery section 3), unless the [provider](crate::ProviderBuilder) was told of a
/// quirk.
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
pub struct Issuer {
    name: String,
    spelling: Spelling,
}

impl Issuer {
    /// Takes an https URL without user information, query or fragment; http is accepted for loopback hosts only.
    ///
    /// # Errors
    /// [`ConfigError::Issuer`] for anything else (checklist E01, E06).
    pub fn new(issuer: impl Into<String>) -> Result<Self, ConfigError> {
        let issuer = issuer.into();
        let fits = Url::parse(&issuer)
            .is_ok_and(|url| is_allowed(&url) && url.query().is_none() && url.fragment().is_none());
        if fits && is_plainly_written(&issuer) {
            Ok(Self { name: issuer, spelling: Spelling::Exact })
        } else {
            Err(ConfigError::Issuer)
        }
    }

    /// The same, whether it is written with a slash at its end or without.
    pub(crate) fn with_optional_slash(self) -> Self {
        Self { spelling: Spelling::SlashOptional, ..self }
    }

    /// The same for these tenants of it; `None` without a path whose first segment is the tenant's place.
    pub(crate) fn with_tenants(self, tenants: Tenants) -> Option<Self> {
        let template = Template::of(&self.name, tenants)?;
        Some(Self { spelling: Spelling::Tenants(Arc::new(template)), ..self })
    }

    /// The issuer as it was given.
    pub fn as_str(&self) -> &str {
        &self.name
    }

    pub(crate) fn url(&self) -> Option<Url> {
        Url::parse(&self.name).ok()
    }

    /// Where the provider's metadata is: the issuer without a trailing slash, then the well-known path
    /// (Discovery section 4).
    pub(crate) fn discovery_url(&self) -> String {
        format!("{}/.well-known/openid-configuration", self.name.strip_suffix('/').unwrap_or(&self.name))
    }
}

impl fmt::Display for Issuer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name)
    }
}

impl fmt::Debug for Issuer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Issuer({})", self.name)
    }
}
