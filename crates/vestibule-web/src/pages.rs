//! The few pages that the engine shows itself: plain, quick, in light and dark, without script.

use http::StatusCode;
use vestibule::Diagnose;

use crate::error::{Error, GuardError, LogoutError};

const STYLE: &str = "\
:root{color-scheme:light dark}\
body{margin:0;min-height:100vh;display:grid;place-items:center;font:16px/1.5 system-ui,sans-serif;\
background:light-dark(#f6f6f4,#161618);color:light-dark(#1c1c1e,#ececee)}\
main{max-width:30rem;margin:1.5rem;padding:2rem 2.25rem;border-radius:14px;\
background:light-dark(#fff,#1f1f23);box-shadow:0 1px 2px #0002,0 8px 28px #0001}\
h1{margin:0 0 .5rem;font-size:1.25rem;letter-spacing:-.01em}\
p{margin:.5rem 0}\
small{color:light-dark(#6a6a70,#9a9aa2)}\
a{display:inline-block;margin-top:1rem;padding:.5rem 1rem;border-radius:8px;text-decoration:none;\
background:light-dark(#1c1c1e,#ececee);color:light-dark(#fff,#161618)}";

/// Shown after a logout. `everywhere` when the provider took part in it.
pub(crate) fn logged_out(everywhere: bool) -> String {
    let reach = if everywhere {
        "Here and wherever you used this sign-in."
    } else {
        "Of this application alone: the identity provider was not told. Close the browser if others use it."
    };
    page(
        "Signed out",
        &format!("<h1>You are signed out</h1><p>{reach}</p><a href=\"/\">Back to the start page</a>"),
    )
}

/// Shown when something failed: what happened, what to do, and an id to quote.
pub(crate) fn failure(
    status: StatusCode,
    error: &Error,
    correlation: &str,
    start_again: Option<&str>,
) -> String {
    let (title, advice) = match status {
        StatusCode::FORBIDDEN if matches!(error, Error::Guard(GuardError::StepUpFailed)) => (
            "This needs a stronger sign-in",
            "The identity provider did not confirm it. You are signed in as before.",
        ),
        StatusCode::FORBIDDEN if matches!(error, Error::Guard(_)) => {
            ("You may not open this page", "Your account lacks a right that it needs.")
        }
        _ if matches!(error, Error::Logout(LogoutError::Unfinished)) => (
            "Signing out is not finished",
            "This browser is signed out. Not all servers could be told yet; they will be, as soon as possible. The identity \
             provider was not told: close the browser if others use it.",
        ),
        StatusCode::SERVICE_UNAVAILABLE => {
            ("Sign-in is not available right now", "Please try again in a moment.")
        }
        StatusCode::FORBIDDEN => ("You may not do that", "Go back and try again from the page itself."),
        StatusCode::UNAUTHORIZED => ("Please sign in again", "Your session has ended."),
        StatusCode::INTERNAL_SERVER_ERROR => {
            ("Sign-in is not set up correctly", "The people who run this application can see why.")
        }
        _ if matches!(error, Error::Form(_)) => {
            ("That form could not be read", "Nothing was changed. Go back and send it again.")
        }
        _ => ("That sign-in did not work", "Nothing was changed. Please start again."),
    };
    let again =
        start_again.map(|url| format!("<a href=\"{}\">Start again</a>", escape(url))).unwrap_or_default();
    let refusal = match error {
        Error::Provider(vestibule::Error::Callback(vestibule::CallbackError::Refused(refusal))) => {
            format!("<p>The identity provider said: <em>{}</em></p>", escape(refusal.error()))
        }
        Error::Guard(GuardError::Forbidden(missing)) => {
            format!("<p>It needs <em>{}</em>.</p>", escape(&missing.to_string()))
        }
        _ => String::new(),
    };
    let code = error.code();
    page(
        title,
        &format!(
            "<h1>{title}</h1><p>{advice}</p>{refusal}<p><small>{code} &middot; {correlation}</small></p>{again}"
        ),
    )
}

fn page(title: &str, body: &str) -> String {
    format!(
        "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width\"><title>{title}</title><style>{STYLE}</style></head>\
         <body><main>{body}</main></body></html>"
    )
}

fn escape(text: &str) -> String {
    text.chars().fold(String::new(), |mut escaped, c| {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            c => escaped.push(c),
        }
        escaped
    })
}
