use url::Url;

use crate::{
    ConfigError, Issuer,
    endpoint::{is_allowed, is_plainly_written},
};

/// How this application reaches the provider, where that is another way than the browser's.
#[derive(Clone, Debug, Default)]
pub(super) struct Backchannel {
    origin: Option<Url>,
    plain_http_host: Option<String>,
}

impl Backchannel {
    pub(super) fn set_origin(&mut self, origin: &str) -> Result<(), ConfigError> {
        let url = Url::parse(origin).map_err(|_| ConfigError::BackchannelOrigin)?;
        let is_origin = is_plainly_written(origin)
            && url.path() == "/"
            && url.query().is_none()
            && url.fragment().is_none()
            && url.has_host()
            && matches!(url.scheme(), "https" | "http");
        self.origin = Some(url);
        if is_origin { Ok(()) } else { Err(ConfigError::BackchannelOrigin) }
    }

    pub(super) fn set_plain_http_host(&mut self, host: String) {
        self.plain_http_host = Some(host);
    }

    /// Whether the settings fit each other.
    pub(super) fn check(&self) -> Result<(), ConfigError> {
        let is_allowed = self.origin.as_ref().is_none_or(|origin| self.allows(origin));
        if is_allowed { Ok(()) } else { Err(ConfigError::BackchannelOrigin) }
    }

    /// Whether this application may call that URL: https, or http to loopback or to the one host that was named.
    pub(super) fn allows(&self, url: &Url) -> bool {
        let is_named = url.scheme() == "http"
            && url.host_str().is_some()
            && url.host_str() == self.plain_http_host.as_deref();
        is_named || is_allowed(url)
    }

    /// The URL at which this application calls what the provider says is at `url`.
    pub(super) fn called(&self, url: Url, issuer: &Issuer) -> Url {
        match (&self.origin, issuer.url()) {
            (Some(ours), Some(issuer)) => at_origin(url, &issuer, ours),
            _ => url,
        }
    }

    /// The URL at which a browser visits what the provider says is at `url`.
    pub(super) fn visited(&self, url: Url, issuer: &Issuer) -> Url {
        match (&self.origin, issuer.url()) {
            (Some(ours), Some(issuer)) => at_origin(url, ours, &issuer),
            _ => url,
        }
    }

    /// Whether this host is the provider's, though not its issuer's.
    pub(super) fn is_host(&self, host: &str) -> bool {
        self.origin.as_ref().and_then(Url::host_str) == Some(host)
    }
}

/// A URL at one origin, moved to the other one; any other URL as it is.
fn at_origin(url: Url, from: &Url, to: &Url) -> Url {
    if url.origin() != from.origin() {
        return url;
    }
    let mut moved = to.clone();
    moved.set_path(url.path());
    moved.set_query(url.query());
    moved.set_fragment(url.fragment());
    moved
}
