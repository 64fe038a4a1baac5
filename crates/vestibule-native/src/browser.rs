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
/// It checks the URL itself, too. A success says little: launchers report it with no display at all. See [`Surroundings`](crate::Surroundings), and show
/// the URL too.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemBrowser;

impl Browser for SystemBrowser {
    fn open(&self, url: &Url) -> Result<(), BrowserError> {
        if !is_page(url) {
            return Err(BrowserError::Url);
        }
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

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use super::*;

    #[derive(Debug, Default)]
    struct Witness {
        opened: Mutex<Vec<String>>,
        fails: bool,
    }

    impl Browser for Witness {
        fn open(&self, url: &Url) -> Result<(), BrowserError> {
            self.opened.lock().unwrap().push(url.as_str().to_owned());
            if self.fails { Err(BrowserError::Unavailable) } else { Ok(()) }
        }
    }

    async fn shown(url: &str) -> (Result<(), BrowserError>, Vec<String>) {
        let witness = Arc::new(Witness::default());
        let browser: Arc<dyn Browser> = witness.clone();
        let result = show(&browser, &Url::parse(url).unwrap()).await;
        let opened = witness.opened.lock().unwrap().clone();
        (result, opened)
    }

    #[tokio::test]
    async fn f12_pages_are_opened_as_they_are() {
        for url in [
            "https://op.example/authorize?a=b&c=d;$(id)",
            "https://op.example/-calc?x=%25USERPROFILE%25",
            "http://127.0.0.1:9400/authorize?a=b",
            "http://[::1]:9400/",
            "http://localhost:9400/",
        ] {
            assert_eq!(shown(url).await, (Ok(()), vec![url.to_owned()]));
        }
    }

    #[tokio::test]
    async fn f12_what_is_no_page_reaches_no_browser() {
        for url in [
            "file:///etc/passwd",
            "javascript:alert(1)",
            "data:text/html,x",
            "ms-settings:privacy",
            "http://op.example/authorize",
            "http://127.0.0.1.evil.example/",
            "https://-calc/",
            "https://user:word@op.example/",
            "https://op.example/?x=%USERPROFILE%",
            "https://op.example/?x=%",
            "https://op.example/'calc",
            "https://op.example/^&calc|x",
        ] {
            assert_eq!(shown(url).await, (Err(BrowserError::Url), Vec::new()), "{url}");
        }
        assert_eq!(BrowserError::Url.code(), "native.browser_url");
    }

    #[tokio::test]
    async fn f12_what_the_parser_lets_through_is_escaped_before_it_is_opened() {
        let (result, opened) = shown("https://op.example/a\"b c\nd?x=\"&calc").await;
        assert_eq!((result, opened), (Ok(()), vec!["https://op.example/a%22b%20cd?x=%22&calc".to_owned()]));
        for text in ["-incognito", "&calc", "%USERPROFILE%", "\"", "\n", "cmd /C start"] {
            assert!(Url::parse(text).is_err(), "{text}");
        }
    }

    #[tokio::test]
    async fn f13_a_browser_that_fails_is_told() {
        let witness = Arc::new(Witness { fails: true, ..Witness::default() });
        let browser: Arc<dyn Browser> = witness.clone();
        let error = show(&browser, &Url::parse("https://op.example/").unwrap()).await.unwrap_err();
        assert_eq!((error, error.code()), (BrowserError::Unavailable, "native.no_browser"));
        assert_eq!(witness.opened.lock().unwrap().len(), 1);
    }

    /// Runs until the test is over, as a browser in the terminal does.
    #[derive(Debug)]
    struct InTheTerminal(Mutex<std::sync::mpsc::Receiver<()>>);

    impl Browser for InTheTerminal {
        fn open(&self, _: &Url) -> Result<(), BrowserError> {
            let _ = self.0.lock().unwrap().recv();
            Err(BrowserError::Unavailable)
        }
    }

    #[tokio::test(start_paused = true)]
    async fn f13_a_browser_that_runs_on_is_not_waited_for() {
        let (_until_here, ends) = std::sync::mpsc::channel();
        let browser: Arc<dyn Browser> = Arc::new(InTheTerminal(Mutex::new(ends)));
        assert_eq!(show(&browser, &Url::parse("https://op.example/").unwrap()).await, Ok(()));
    }

    #[derive(Debug)]
    struct Broken;

    impl Browser for Broken {
        fn open(&self, _: &Url) -> Result<(), BrowserError> {
            panic!("a broken launcher")
        }
    }

    #[tokio::test]
    async fn f13_a_browser_that_panics_harms_nobody() {
        let browser: Arc<dyn Browser> = Arc::new(Broken);
        let error = show(&browser, &Url::parse("https://op.example/").unwrap()).await.unwrap_err();
        assert_eq!(error, BrowserError::Unavailable);
    }
}
