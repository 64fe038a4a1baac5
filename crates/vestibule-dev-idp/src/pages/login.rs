//! Who wants to sign in?

use axum::response::Response;
use http::StatusCode;
use maud::{Markup, html};

use super::{answer, layout};
use crate::provider::Provider;
use crate::store::Environment;

/// What the login page shows, and where it goes.
#[derive(Debug)]
pub(crate) struct LoginPage<'a> {
    pub(crate) client: &'a str,
    /// How strongly the user is to authenticate.
    pub(crate) acr: Option<&'a str>,
    /// Where its forms are sent to.
    pub(crate) action: &'static str,
    /// A field that goes with them: what the user came for.
    pub(crate) kept: (&'static str, &'a str),
    /// The login or the address of the one who is expected.
    pub(crate) hint: &'a str,
    pub(crate) problem: Option<&'a str>,
}

pub(crate) fn login(provider: &Provider, environment: &Environment, page: &LoginPage<'_>) -> Response {
    let hint = page.hint;
    let kept = html! { input type="hidden" name=(page.kept.0) value=(page.kept.1); };
    let content = html! {
        h1 { "Sign in" }
        p.lead { "to continue to " strong { (page.client) } @if let Some(acr) = page.acr { ", which asks for " strong { (acr) } } }
        @if let Some(problem) = page.problem { p.problem role="alert" { (problem) } }
        @if !environment.users.is_empty() {
            form.people method="post" action=(page.action) {
                (kept)
                @for user in environment.users.values() {
                    button.person name="login" value=(user.login)
                        .hinted[user.login == hint || user.email.as_deref() == Some(hint)] {
                        (initial(user.shown_as()))
                        span.who {
                            span.name { (user.shown_as()) }
                            span.detail { (user.email.as_deref().unwrap_or(&user.login)) }
                        }
                    }
                }
            }
        }
        @if provider.settings.typed_users {
            form.typed method="post" action=(page.action) {
                (kept)
                label for="login" { "Somebody else" }
                div.row {
                    input #login type="text" name="login" value=(hint) maxlength="64" required autocomplete="off"
                        autocapitalize="off" spellcheck="false" placeholder="any name";
                    button.primary { "Sign in" }
                }
            }
        }
        form.aside method="post" action=(page.action) {
            (kept)
            button.quiet name="deny" value="1" { "Cancel" }
        }
    };
    answer(StatusCode::OK, layout("Sign in", &content))
}

/// The first letter of a name, in a circle.
pub(super) fn initial(name: &str) -> Markup {
    let first: String = name.chars().next().map(|first| first.to_uppercase().collect()).unwrap_or_default();
    html! { span.initial aria-hidden="true" { (first) } }
}
