use std::{net::IpAddr, sync::Arc};

use url::{Host, Url};
use vestibule::ConfigError;

use super::{HandOver, RedirectError};

/// How the provider's answer comes back from the browser, as it is registered there.
///
/// ```
/// use vestibule_native::RedirectPlan;
///
/// // As RFC 8252 wants it: the provider ignores the port.
/// let any = RedirectPlan::any_port();
/// // What stands in the registration can be given as it is: here a fixed port, there a place for a random suffix.
/// let fixed = RedirectPlan::registered("http://127.0.0.1:8400/callback")?;
/// let suffix = RedirectPlan::registered("http://[::1]/callback/*")?;
/// # assert!(RedirectPlan::registered("http://localhost:8400/callback").is_err());
/// # Ok::<(), vestibule_native::RedirectError>(())
/// ```
#[derive(Clone, Debug)]
pub struct RedirectPlan(pub(crate) Way);

#[derive(Clone, Debug)]
pub(crate) enum Way {
    Loopback(LoopbackPlan),
    Link(Arc<HandOver>),
}

impl RedirectPlan {
    /// `http://127.0.0.1:PORT/callback` with a port of the system's choice; `[::1]` where there is no IPv4 (RFC 8252 section
    /// 7.3). Register `http://127.0.0.1/callback`.
    pub fn any_port() -> Self {
        Self::ports([])
    }

    /// `http://127.0.0.1:PORT/callback` with the first of these ports that is free, for providers that compare ports.
    /// Register each of them. None means any.
    pub fn ports(ports: impl IntoIterator<Item = u16>) -> Self {
        Self(Way::Loopback(LoopbackPlan {
            host: None,
            ports: ports.into_iter().collect(),
            path: "/callback".to_owned(),
            random_suffix: false,
        }))
    }

    /// The loopback redirect URI as it is registered: without a port any is taken. A path that ends in `/*` gets a random
    /// last segment, at providers that allow it (checklist F03).
    ///
    /// # Errors
    /// [`RedirectError::BindRefused`] for any host but the literals `127.0.0.1` and `[::1]` (checklist F01),
    /// [`ConfigError::RedirectUri`] for what is no loopback redirect URI otherwise.
    pub fn registered(uri: &str) -> Result<Self, RedirectError> {
        LoopbackPlan::registered(uri).map(|plan| Self(Way::Loopback(plan)))
    }

    /// A link that the operating system opens with this application: a scheme of the application's own or a claimed https
    /// address (RFC 8252 sections 7.1 and 7.2).
    pub fn link(hand_over: HandOver) -> Self {
        Self(Way::Link(Arc::new(hand_over)))
    }
}

impl Default for RedirectPlan {
    fn default() -> Self {
        Self::any_port()
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct LoopbackPlan {
    /// `None`: 127.0.0.1, or [::1] on a machine without.
    pub(crate) host: Option<IpAddr>,
    /// Empty: whichever is free.
    pub(crate) ports: Vec<u16>,
    pub(crate) path: String,
    pub(crate) random_suffix: bool,
}

impl LoopbackPlan {
    fn registered(uri: &str) -> Result<Self, RedirectError> {
        let refused = RedirectError::Config(ConfigError::RedirectUri);
        let url = Url::parse(uri).map_err(|_| refused)?;
        if url.scheme() != "http" {
            return Err(refused);
        }
        let host: IpAddr = match url.host() {
            Some(Host::Ipv4(address)) => address.into(),
            Some(Host::Ipv6(address)) => address.into(),
            _ => return Err(RedirectError::BindRefused),
        };
        if host != IpAddr::from([127, 0, 0, 1]) && host != IpAddr::from([0, 0, 0, 0, 0, 0, 0, 1]) {
            return Err(RedirectError::BindRefused);
        }
        // Compared as text at the provider: whatever the parser would repair is not what is registered.
        let port = url.port();
        if port == Some(0) || uri != format!("http://{}{}", authority(host, port), url.path()) {
            return Err(refused);
        }
        let (path, random_suffix) = match url.path().strip_suffix("/*") {
            Some(path) => (path, true),
            None => (url.path(), false),
        };
        Ok(Self { host: Some(host), ports: port.into_iter().collect(), path: path.to_owned(), random_suffix })
    }
}

/// Host and port as they stand in a URL and in the `Host` header.
pub(crate) fn authority(host: IpAddr, port: Option<u16>) -> String {
    let host = match host {
        IpAddr::V4(address) => address.to_string(),
        IpAddr::V6(address) => format!("[{address}]"),
    };
    match port {
        Some(port) => format!("{host}:{port}"),
        None => host,
    }
}

#[cfg(test)]
mod tests {
    use vestibule::Diagnose;

    use super::*;

    fn loopback(uri: &str) -> LoopbackPlan {
        LoopbackPlan::registered(uri).unwrap()
    }

    #[test]
    fn f01_only_loopback_literals_are_bound() {
        for uri in [
            "http://0.0.0.0/callback",
            "http://[::]/callback",
            "http://192.168.1.7:8400/callback",
            "http://localhost.evil/callback",
            "http://127.0.0.1.evil/callback",
            "http://localhost:8400/callback",
            "http://127.0.0.2/callback",
            "http://[::ffff:127.0.0.1]/callback",
        ] {
            let error = RedirectPlan::registered(uri).unwrap_err();
            assert_eq!((error, error.code()), (RedirectError::BindRefused, "native.bind_refused"), "{uri}");
        }
    }

    #[test]
    fn f01_what_a_lenient_parser_repairs_is_refused() {
        for uri in [
            "http://127.1/callback",
            "http://2130706433/callback",
            "http://0x7f.0.0.1/callback",
            "http://127.0.0.1:0/callback",
            "http://127.0.0.1:080/callback",
            "http://user@127.0.0.1/callback",
            "http://127.0.0.1/a/../callback",
            "http://127.0.0.1/callback?x=1",
            "http://127.0.0.1/callback#x",
            "http://127.0.0.1",
            "https://127.0.0.1/callback",
            "com.example.acme:/callback",
            "",
        ] {
            let error = RedirectPlan::registered(uri).unwrap_err();
            assert_eq!(error.code(), "config.redirect_uri", "{uri}");
        }
    }

    #[test]
    fn f02_f03_a_registration_tells_port_and_suffix() {
        let plain = loopback("http://127.0.0.1/callback");
        assert_eq!((plain.ports.as_slice(), plain.random_suffix), (&[][..], false));
        let fixed = loopback("http://[::1]:8400/cb");
        assert_eq!(
            (fixed.host, fixed.ports.as_slice()),
            (Some(IpAddr::from([0, 0, 0, 0, 0, 0, 0, 1])), &[8400][..])
        );
        let suffix = loopback("http://127.0.0.1/callback/*");
        assert_eq!((suffix.path.as_str(), suffix.random_suffix), ("/callback", true));
    }
}
