use std::{
    fmt,
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
};

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
        Self::provided(uri.into(), |uri| {
            is_plainly_written(uri)
                && Url::parse(uri).is_ok_and(|url| is_allowed(&url) && url.fragment().is_none())
        })
    }

    /// A listener of a native application on this machine, at the address where it really listens (RFC 8252 section 7.3).
    /// Providers compare everything but the port.
    ///
    /// ```
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let uri = vestibule::RedirectUri::loopback("127.0.0.1:49152".parse()?, "/callback")?;
    /// assert_eq!(uri.as_str(), "http://127.0.0.1:49152/callback");
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`ConfigError::RedirectUri`] unless the address is 127.0.0.1 or `[::1]` with a port, and the path is a plain one:
    /// `localhost` is left to those who can change what it means (section 8.3).
    pub fn loopback(address: SocketAddr, path: &str) -> Result<Self, ConfigError> {
        let is_literal =
            [IpAddr::V4(Ipv4Addr::LOCALHOST), IpAddr::V6(Ipv6Addr::LOCALHOST)].contains(&address.ip());
        let uri = format!("http://{}:{}{path}", Host(address.ip()), address.port());
        Self::provided(uri, |uri| {
            is_literal
                && address.port() != 0
                && is_plainly_written(uri)
                && Url::parse(uri).is_ok_and(|url| url.path() == path)
        })
    }

    /// A URI that the operating system hands to a native application, by a scheme that this application registered: the
    /// name of a domain of the maker's, backwards (RFC 8252 section 7.1).
    ///
    /// ```
    /// # fn main() -> Result<(), vestibule::ConfigError> {
    /// let uri = vestibule::RedirectUri::private_use("example.acme.app:/callback")?;
    /// # let _ = uri; Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`ConfigError::RedirectUri`] for a scheme without a dot, which anybody may claim, and for a URI with a query, a
    /// fragment, user information or anything that is not in its normal form.
    pub fn private_use(uri: impl Into<String>) -> Result<Self, ConfigError> {
        Self::provided(uri.into(), |uri| {
            Url::parse(uri).is_ok_and(|url| {
                is_reverse_domain(url.scheme())
                    && (url.has_host() || url.path().starts_with('/'))
                    && url.query().is_none()
                    && url.fragment().is_none()
                    && url.username().is_empty()
                    && url.password().is_none()
                    && url.as_str() == uri
                    && !uri.contains('\\')
            })
        })
    }

    fn provided(uri: String, fits: impl FnOnce(&str) -> bool) -> Result<Self, ConfigError> {
        if fits(&uri) { Ok(Self(uri)) } else { Err(ConfigError::RedirectUri) }
    }

    /// The URI as it was given.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// An address as a URL writes it.
struct Host(IpAddr);

impl fmt::Display for Host {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            IpAddr::V4(address) => write!(f, "{address}"),
            IpAddr::V6(address) => write!(f, "[{address}]"),
        }
    }
}

fn is_reverse_domain(scheme: &str) -> bool {
    let is_label = |label: &str| {
        !label.is_empty() && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
    };
    scheme.contains('.') && scheme.split('.').all(is_label)
}

impl fmt::Debug for RedirectUri {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RedirectUri({})", self.0)
    }
}
