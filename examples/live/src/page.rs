use axum::{
    http::{HeaderMap, HeaderValue, header},
    response::{Html, IntoResponse, Response},
};
use maud::{DOCTYPE, html};
use vestibule_axum::Session;

/// The room, with a script of its own and none inline.
pub(crate) fn page(session: &Session, issuer: &str) -> Response {
    let name = session.name().unwrap_or_else(|| session.subject().to_owned());
    let page = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                title { "The room" }
                link rel="icon" href="data:,";
                link rel="stylesheet" href="/live.css";
                script src="/live.js" defer {}
            }
            body {
                header {
                    h1 { "The room" }
                    p #present role="status" { "Connecting" }
                    form #sign-out method="post" action=(session.logout_path()) {
                        input type="hidden" name="csrf" value=(session.csrf_token());
                        button { "Sign out" }
                    }
                }
                main {
                    ol #said aria-live="polite" {}
                    form #say {
                        label for="text" { "Say something, " (name) }
                        input #text name="text" autocomplete="off" maxlength="500" required;
                        button { "Say" }
                    }
                    p #ended hidden { "You are signed out. " a href="/" { "Sign in again" } }
                }
            }
        }
    };
    let mut headers = HeaderMap::new();
    let policy = format!(
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src data:; \
         form-action 'self' {issuer}; base-uri 'none'; frame-ancestors 'none'"
    );
    if let Ok(policy) = HeaderValue::try_from(policy) {
        headers.insert(header::CONTENT_SECURITY_POLICY, policy);
    }
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    (headers, Html(page.into_string())).into_response()
}
