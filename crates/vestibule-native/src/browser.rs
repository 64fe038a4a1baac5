use std::{fmt, sync::Arc, time::Duration};

use url::{Host, Url};
use vestibule::{Diagnose, Diagnosis, Disposition};

use crate::aside::aside;

/// Shows a page to the user, in a browser that the application does not control (RFC 8252 section 8.12).
pub trait Browser: fmt::Debug + Send + Sync + 'static {
    /// Opens the URL, which was checked: https, or http on loopback. It may block for as long as the browser runs: it is
    /// called on a thread of its own, within the runtime.
    ///
    /// # Errors
    /// [`BrowserError::Unavailable`] when none could be started.
    fn open(&self, url: &Url) -> Result<(), BrowserError>;
}

/// The browser of the desktop, or what the variable `BROWSER` names. The URL is one argument; no shell is involved.
///
/// A success says little: launchers report it with no display at all. See [`Surroundings`](crate::Surroundings), and show
/// the URL too.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemBrowser;

impl Browser for SystemBrowser {
    fn open(&self, url: &Url) -> Result<(), BrowserError> {
        webbrowser::open(url.as_str()).map_err(|_| BrowserError::Unavailable)
    }
}

/// No page was shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum BrowserError {
    /// The provider's metadata led to something that is no page: nothing was started (checklist F12).
    #[error("the provider's address is nothing to open in a browser")]
    Url,
    /// There is no browser here (checklist F13).
    #[error("no browser could be opened")]
    Unavailable,
}

impl Diagnose for BrowserError {
    fn diagnosis(&self) -> Diagnosis {
        let (code, hint) = match self {
            Self::Url => (
                "native.browser_url",
                "the provider's metadata must name https addresses; ask who runs it, and do not trust it until then",
            ),
            Self::Unavailable => (
                "native.no_browser",
                "open the address yourself, set BROWSER, or log in with the device flow",
            ),
        };
        Diagnosis::new(code, Disposition::Config, hint)
    }
}

/// Checks the URL and has the browser open it. Returns when that has failed or most likely succeeded: a browser in the
/// terminal runs on.
pub(crate) async fn show(browser: &Arc<dyn Browser>, url: &Url) -> Result<(), BrowserError> {
    if !is_page(url) {
        return Err(BrowserError::Url);
    }
    let (browser, url) = (browser.clone(), url.clone());
    let opened = tokio::time::timeout(Duration::from_secs(3), aside(move || browser.open(&url))).await;
    opened.unwrap_or(Some(Ok(()))).unwrap_or(Err(BrowserError::Unavailable))
}

/// Whether it is a page of https, or of http on this machine, written so that no launcher can take it for anything else
/// (checklist F12).
fn is_page(url: &Url) -> bool {
    let scheme_fits = match (url.scheme(), url.host()) {
        ("https", Some(Host::Domain(name))) => !name.starts_with('-'),
        ("https", Some(_)) => true,
        ("http", Some(Host::Domain(name))) => name == "localhost",
        ("http", Some(Host::Ipv4(address))) => address.is_loopback(),
        ("http", Some(Host::Ipv6(address))) => address.is_loopback(),
        _ => false,
    };
    let plain = |byte: u8| byte.is_ascii_graphic() && !br#""'`\<>^{}|"#.contains(&byte);
    scheme_fits
        && url.username().is_empty()
        && url.password().is_none()
        && url.as_str().bytes().all(plain)
        && has_only_whole_escapes(url.as_str())
}

/// `%USERPROFILE%` is no escape.
fn has_only_whole_escapes(url: &str) -> bool {
    url.split('%').skip(1).all(|rest| rest.bytes().take(2).filter(u8::is_ascii_hexdigit).count() == 2)
}
