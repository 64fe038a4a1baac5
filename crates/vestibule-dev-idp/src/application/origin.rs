//! The origins from which an application's scripts may call the provider (RFC 6454).

use url::Url;

use super::{Application, redirect_rule};

impl Application {
    /// Whether scripts from there may read answers: the origin is that of a redirect URI, or registered by itself.
    pub(crate) fn calls_from(&self, origin: &str) -> bool {
        let is_redirects = |uri: &String| Url::parse(uri).is_ok_and(|url| written(&url) == origin);
        self.is_spa()
            && (self.origins.iter().any(|known| known == origin)
                || self.redirect_uris.iter().any(is_redirects))
    }
}

/// Whether a single-page application may register the origin. It must be written as browsers do, for it is compared as a
/// string.
pub(super) fn may_be_registered(origin: &str) -> bool {
    let is_pattern = origin.contains('*');
    !is_pattern
        && Url::parse(origin).is_ok_and(|url| redirect_rule::is_of_a_page(&url) && written(&url) == origin)
}

fn written(url: &Url) -> String {
    url.origin().ascii_serialization()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_origin_is_written_as_browsers_do() {
        for origin in [
            "https://app.acme.example",
            "https://app.acme.example:8443",
            "http://localhost:5173",
            "http://[::1]:1",
        ] {
            assert!(may_be_registered(origin), "{origin}");
        }
        for wrong in [
            "",
            "*",
            "null",
            "http://app.acme.example",
            "https://app.acme.example/",
            "https://app.acme.example:443",
            "https://App.acme.example",
            "https://*.acme.example",
            "https://alice@acme.example",
            "file://",
            "example.acme.app:/",
        ] {
            assert!(!may_be_registered(wrong), "{wrong}");
        }
    }

    #[test]
    fn redirect_uris_of_a_single_page_application_bring_their_origins() {
        let analytics = Application::spa("analytics")
            .redirect_uri("https://App.acme.example:443/callback")
            .origin("http://127.0.0.1:5173");
        assert!(analytics.calls_from("https://app.acme.example"), "as the browser writes it");
        assert!(analytics.calls_from("http://127.0.0.1:5173"));
        for foreign in ["null", "https://acme.example", "http://app.acme.example", "http://127.0.0.1", ""] {
            assert!(!analytics.calls_from(foreign), "{foreign}");
        }
        let web = Application::web("dashboard", "secret").redirect_uri("https://app.acme.example/callback");
        assert!(!web.calls_from("https://app.acme.example"), "only scripts call from an origin");
    }
}
