//! Which redirect URIs an application may register, and which of those in a request are among them.

use url::{Host, Url};

use super::ApplicationType;

/// Whether an application of this type may register the URI.
pub(super) fn may_be_registered(uri: &str, of: ApplicationType) -> bool {
    let Ok(url) = Url::parse(uri) else { return false };
    if url.fragment().is_some() {
        return false;
    }
    match (of, url.scheme()) {
        (ApplicationType::Service | ApplicationType::Web, _) => url.has_host(),
        // RFC 8252 section 8.3: `localhost` may lead elsewhere.
        (ApplicationType::Native, "http") => {
            matches!(url.host(), Some(Host::Ipv4(_) | Host::Ipv6(_))) && Loopback::parse(uri).is_some()
        }
        (ApplicationType::Native, "https") => url.has_host(),
        // RFC 8252 section 7.1: a domain name in reverse.
        (ApplicationType::Native, scheme) => scheme.contains('.'),
        (ApplicationType::Spa, _) => is_of_a_page(&url),
    }
}

/// Whether a single-page application can be served from there: by `https`, or by `http` on the user's own machine.
pub(super) fn is_of_a_page(url: &Url) -> bool {
    let is_here = match url.host() {
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        // Unlike a native application's, the page comes from the address to which the code goes.
        Some(Host::Domain(name)) => name == "localhost",
        None => false,
    };
    let names_nobody = url.username().is_empty() && url.password().is_none();
    names_nobody && (url.scheme() == "https" || (url.scheme() == "http" && is_here))
}

/// Whether the URI of a request is the registered one: the very same string, but for the port of a native
/// application's loopback address that was registered without one (RFC 8252 section 7.3), and for the last segment of
/// its path where that was registered as `*`.
pub(super) fn is_match(registered: &str, requested: &str, of: ApplicationType) -> bool {
    match of {
        ApplicationType::Service | ApplicationType::Spa | ApplicationType::Web => registered == requested,
        ApplicationType::Native => match (Loopback::parse(registered), Loopback::parse(requested)) {
            (Some(registered), Some(requested)) => registered.allows(&requested),
            _ => registered == requested,
        },
    }
}

/// `http://127.0.0.1:49152/callback`, in its parts, each as it was written.
#[derive(Debug)]
struct Loopback<'a> {
    address: &'static str,
    port: Option<&'a str>,
    path: &'a str,
}

impl<'a> Loopback<'a> {
    fn parse(uri: &'a str) -> Option<Self> {
        let (address, rest) = ["http://127.0.0.1", "http://[::1]"]
            .into_iter()
            .find_map(|address| Some((address, uri.strip_prefix(address)?)))?;
        let (authority, path) = rest.split_at(rest.find('/')?);
        let port = match authority.strip_prefix(':') {
            Some(port) if is_port(port) => Some(port),
            None if authority.is_empty() => None,
            _ => return None,
        };
        Some(Self { address, port, path })
    }

    fn allows(&self, requested: &Self) -> bool {
        let port = match self.port {
            None => requested.port.is_some(),
            fixed => fixed == requested.port,
        };
        let path = match self.path.strip_suffix(ANY_SEGMENT) {
            Some(folder) => requested
                .path
                .strip_prefix(folder)
                .and_then(|rest| rest.strip_prefix('/'))
                .is_some_and(is_segment),
            None => self.path == requested.path,
        };
        self.address == requested.address && port && path
    }
}

fn is_port(text: &str) -> bool {
    text.parse::<u16>().is_ok_and(|port| port > 0 && port.to_string() == text)
}

fn is_segment(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
}

const ANY_SEGMENT: &str = "/*";

#[cfg(test)]
mod tests {
    use super::*;

    fn native(registered: &str, requested: &str) -> bool {
        is_match(registered, requested, ApplicationType::Native)
    }

    #[test]
    fn a_loopback_address_without_a_port_takes_any() {
        let registered = "http://127.0.0.1/callback";
        assert!(native(registered, "http://127.0.0.1:49152/callback"));
        assert!(native("http://[::1]/callback", "http://[::1]:1/callback"));
        for foreign in [
            "http://127.0.0.1:0/callback",
            "http://127.0.0.1:080/callback",
            "http://127.0.0.1:65536/callback",
            "http://127.0.0.1:/callback",
            "http://127.0.0.1:1/callback/",
            "http://127.0.0.1:1/callback?a=b",
            "http://127.0.0.1:1/callback#a",
            "http://127.0.0.1:1/other",
            "http://127.0.0.1:1@evil.example/callback",
            "http://127.0.0.1.evil.example:1/callback",
            "http://127.1:1/callback",
            "http://[::1]:1/callback",
            "http://localhost:1/callback",
            "https://127.0.0.1:1/callback",
        ] {
            assert!(!native(registered, foreign), "{foreign}");
        }
        let as_web = is_match(registered, "http://127.0.0.1:1/callback", ApplicationType::Web);
        assert!(!as_web, "for a web application the port counts");
    }

    #[test]
    fn a_fixed_port_stays_fixed() {
        assert!(native("http://127.0.0.1:8123/callback", "http://127.0.0.1:8123/callback"));
        assert!(!native("http://127.0.0.1:8123/callback", "http://127.0.0.1:8124/callback"));
    }

    #[test]
    fn a_star_takes_one_plain_segment() {
        let registered = "http://127.0.0.1/callback/*";
        assert!(native(registered, "http://127.0.0.1:1/callback/Zm9v-_8"));
        for foreign in ["", "/", "/a/b", "/..", "/a?b", "/%61", "/*", "er/a"] {
            assert!(!native(registered, &format!("http://127.0.0.1:1/callback{foreign}")), "{foreign}");
        }
        assert!(!native(registered, registered));
    }

    #[test]
    fn a_native_application_registers_what_it_can_own() {
        let may = |uri| may_be_registered(uri, ApplicationType::Native);
        for own in [
            "http://127.0.0.1/callback",
            "http://127.0.0.1/callback/*",
            "http://[::1]:8123/callback",
            "example.acme.cli:/callback",
            "https://acme.example/app/callback",
        ] {
            assert!(may(own), "{own}");
        }
        for foreign in [
            "http://localhost/callback",
            "http://acme.example/callback",
            "http://127.0.0.1",
            "http://127.0.0.1:0/callback",
            "acme:/callback",
            "example.acme.cli:/callback#part",
            "/callback",
        ] {
            assert!(!may(foreign), "{foreign}");
        }
    }

    #[test]
    fn a_single_page_application_registers_pages_exactly() {
        let may = |uri| may_be_registered(uri, ApplicationType::Spa);
        for own in [
            "https://app.acme.example/callback",
            "http://localhost:5173/callback",
            "http://127.0.0.1:3003/callback",
            "http://[::1]:3003/callback",
        ] {
            assert!(may(own), "{own}");
        }
        for foreign in [
            "http://app.acme.example/callback",
            "http://localhost.evil.example/callback",
            "https://alice:secret@app.acme.example/callback",
            "https://app.acme.example/#/callback",
            "example.acme.app:/callback",
            "file:///callback",
            "/callback",
        ] {
            assert!(!may(foreign), "{foreign}");
        }
        let matches = |registered, requested| is_match(registered, requested, ApplicationType::Spa);
        assert!(matches("http://127.0.0.1:1/callback", "http://127.0.0.1:1/callback"));
        assert!(!matches("http://127.0.0.1/callback", "http://127.0.0.1:1/callback"), "the port counts");
        assert!(!matches("http://127.0.0.1:1/*", "http://127.0.0.1:1/callback"), "a star is only a star");
    }
}
