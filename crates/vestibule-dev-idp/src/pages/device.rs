//! Which device wants to be let in, and may it? (RFC 8628 section 3.3)

use axum::response::Response;
use http::StatusCode;
use maud::html;

use super::login::initial;
use super::{answer, layout};
use crate::store::Asked;
use crate::user::User;

/// The user has to type the code that the device shows.
pub(crate) fn device_code_wanted(typed: &str, problem: Option<&str>) -> Response {
    let content = html! {
        h1 { "Let a device in" }
        p.lead { "Type the code that it shows." }
        @if let Some(problem) = problem { p.problem role="alert" { (problem) } }
        form.typed method="get" action="/device" {
            label for="user_code" { "Code" }
            div.row {
                input #user_code.code type="text" name="user_code" value=(typed) maxlength="32" required autofocus
                    autocomplete="off" autocapitalize="characters" spellcheck="false" placeholder="XXXX-XXXX";
                button.primary { "Continue" }
            }
        }
    };
    answer(StatusCode::OK, layout("Let a device in", &content))
}

/// What the user decides on.
#[derive(Debug)]
pub(crate) struct DeviceQuestion<'a> {
    pub(crate) user_code: &'a str,
    pub(crate) asked: &'a Asked,
    pub(crate) user: &'a User,
}

/// May the device act for the user?
pub(crate) fn device_question(question: &DeviceQuestion<'_>) -> Response {
    let DeviceQuestion { user_code, asked, user } = question;
    let kept = html! { input type="hidden" name="user_code" value=(user_code); };
    let content = html! {
        h1 { "Let this device in?" }
        p.lead { strong { (asked.client_id) } " wants to act for you on a device that shows" }
        p.code.shown { (user_code) }
        p.warning {
            strong { "Did you ask for this?" }
            " Go on only if this very code stands on a device of your own. Whoever sent you a link with a code wants to \
             get into your account."
        }
        dl.facts {
            dt { "It may see" }
            dd { @for scope in &asked.scope { span.scope { (scope) } " " } }
        }
        div.person {
            (initial(user.shown_as()))
            span.who {
                span.name { (user.shown_as()) }
                span.detail { (user.email.as_deref().unwrap_or(&user.login)) }
            }
        }
        form.choice method="post" action="/device" {
            (kept)
            button.secondary name="deny" value="1" { "Deny" }
            button.primary name="approve" value="1" { "Approve" }
        }
        form.aside method="post" action="/device" {
            (kept)
            button.quiet name="switch" value="1" { "Sign in as somebody else" }
        }
    };
    answer(StatusCode::OK, layout("Let this device in?", &content))
}

/// The user decided.
pub(crate) fn device_answered(client: &str, approved: bool) -> Response {
    let title = if approved { "The device is in" } else { "The device stays out" };
    let content = html! {
        h1 { (title) }
        p.lead { strong { (client) } @if approved { " goes on by itself." } @else { " learns that you refused." } }
        p.detail { "You can close this page." }
    };
    answer(StatusCode::OK, layout(title, &content))
}
