use std::{fmt, sync::Arc};

use vestibule::{Callback, RedirectUri};

use super::RedirectError;
use crate::aside::aside;

/// Lets the user bring the answer by hand: for a browser on another machine, whose redirect to this one cannot arrive.
///
/// **Off unless it is given to a login**, since people have been talked into pasting such addresses for somebody else. What is
/// pasted must be the answer to this very login: to its redirect URI and with its state (checklist F16).
///
/// The device flow does the same without this danger: prefer it wherever the provider offers it.
pub trait Paste: fmt::Debug + Send + Sync + 'static {
    /// Shows the warning, asks for the address, and returns what was entered; `None` when the user does not want to. It may
    /// block: it is called on a thread of its own, which is left behind when the login ends otherwise.
    fn ask(&self, warning: &str) -> Option<String>;
}

/// What everybody is told who may paste.
const WARNING: &str = "Paste only the address that this sign-in itself led your browser to. \
                       Whoever asked you to paste an address here wants your account.";

/// The longest address that is looked at.
const LONGEST: usize = 8 * 1024;

/// Asks once. Nothing entered means that the answer is awaited as before.
pub(crate) async fn pasted(
    by_hand: Arc<dyn Paste>,
    redirect_uri: &RedirectUri,
    recognises: impl Fn(&Callback) -> bool,
) -> Result<Callback, RedirectError> {
    match aside(move || by_hand.ask(WARNING)).await.flatten() {
        Some(text) => read(&text, redirect_uri, recognises).ok_or(RedirectError::PasteRefused),
        None => std::future::pending().await,
    }
}

fn read(text: &str, redirect_uri: &RedirectUri, recognises: impl Fn(&Callback) -> bool) -> Option<Callback> {
    let query = Some(text.trim())
        .filter(|text| text.len() <= LONGEST)
        .and_then(|text| answer_in(text, redirect_uri))?;
    Callback::parse(query).ok().filter(recognises)
}

/// The query of a URL that is the redirect URI with one, to the letter.
pub(super) fn answer_in<'a>(url: &'a str, redirect_uri: &RedirectUri) -> Option<&'a str> {
    let query = url.strip_prefix(redirect_uri.as_str())?.strip_prefix('?')?;
    query.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'#').then_some(query)
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use vestibule::Diagnose;

    use super::*;

    #[derive(Debug)]
    struct Entered(Option<String>, Mutex<String>);

    impl Paste for Entered {
        fn ask(&self, warning: &str) -> Option<String> {
            *self.1.lock().unwrap() = warning.to_owned();
            self.0.clone()
        }
    }

    async fn paste(text: &str) -> Result<Callback, RedirectError> {
        let redirect_uri = RedirectUri::new("http://127.0.0.1:8400/callback").unwrap();
        let by_hand = Arc::new(Entered(Some(text.to_owned()), Mutex::default()));
        let recognises =
            |callback: &Callback| callback.state().is_some_and(|state| state.expose() == "right");
        let answer = pasted(by_hand.clone(), &redirect_uri, recognises).await;
        assert!(by_hand.1.lock().unwrap().contains("wants your account"), "asked without a warning");
        answer
    }

    #[tokio::test]
    async fn f16_the_answer_to_this_login_may_be_pasted() {
        let callback = paste("  http://127.0.0.1:8400/callback?code=c&state=right\n").await.unwrap();
        assert_eq!(callback.state().unwrap().expose(), "right");
    }

    #[tokio::test]
    async fn f16_anything_else_is_refused() {
        for text in [
            "http://127.0.0.1:8400/callback?code=c",
            "http://127.0.0.1:8400/callback?code=c&state=foreign",
            "http://127.0.0.1:8401/callback?code=c&state=right",
            "http://127.0.0.1:8400/callback/x?code=c&state=right",
            "https://evil.example/callback?code=c&state=right",
            "http://127.0.0.1:8400/callback?code=c&state=right#x",
            "http://127.0.0.1:8400/callback?code=c&state=right&state=right",
            "code=c&state=right",
            "c",
            "",
        ] {
            let error = paste(text).await.unwrap_err();
            assert_eq!(
                (error, error.code()),
                (RedirectError::PasteRefused, "native.paste_refused"),
                "{text}"
            );
        }
        let long = format!("http://127.0.0.1:8400/callback?state=right&code={}", "c".repeat(LONGEST));
        assert_eq!(paste(&long).await.unwrap_err(), RedirectError::PasteRefused);
    }
}
