//! The few pages that a person sees.

mod device;
mod login;

use std::sync::Arc;

use axum::extract::State;
use axum::response::{IntoResponse as _, Response};
use http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS,
};
use http::{HeaderValue, StatusCode};
use maud::{DOCTYPE, Markup, html};

pub(crate) use self::device::{DeviceQuestion, device_answered, device_code_wanted, device_question};
pub(crate) use self::login::{LoginPage, login};
use crate::provider::Provider;
use crate::store::Session;

/// Does the user want to sign out?
pub(crate) fn logout(session: &Session, query: &str) -> Response {
    let page = layout(
        "Sign out",
        &html! {
            h1 { "Sign out?" }
            p.lead { "You are signed in as " strong { (session.login) } "." }
            @if !session.clients.is_empty() {
                p { "You will also be signed out of:" }
                ul { @for client in session.clients.keys() { li { (client) } } }
            }
            form method="post" action="/end_session/confirm" {
                input type="hidden" name="request" value=(query);
                button.primary.wide name="confirm" value="yes" { "Sign out" }
            }
        },
    );
    answer(StatusCode::OK, page)
}

/// The user is out.
pub(crate) fn logged_out() -> Response {
    let page = layout(
        "Signed out",
        &html! {
            h1 { "You are signed out" }
            p.lead { "You can close this page." }
        },
    );
    answer(StatusCode::OK, page)
}

/// A request that cannot be answered to the application.
pub(crate) fn refusal(reason: &str) -> Response {
    let page = layout(
        "Not possible",
        &html! {
            h1 { "This request cannot be answered" }
            p.problem role="alert" { (reason) }
            p.detail { "The application that sent you here, or its registration, has to be corrected." }
        },
    );
    answer(StatusCode::BAD_REQUEST, page)
}

/// What is here.
pub(crate) async fn front(State(provider): State<Arc<Provider>>) -> Response {
    let environment = provider.environment();
    let page = layout(
        "Development provider",
        &html! {
            h1 { "Development OpenID Provider" }
            p.lead { "Issuer " code { (provider.issuer) } }
            p {
                a href="/.well-known/openid-configuration" { "Discovery document" }
                " · "
                a href="/device" { "Let a device in" }
            }
            h2 { "Applications" }
            @if environment.applications.is_empty() { p.detail { "None is registered yet." } }
            ul { @for client_id in environment.applications.keys() { li { (client_id) } } }
            h2 { "Users" }
            @if environment.users.is_empty() { p.detail { "None is seeded: any name can sign in." } }
            ul { @for user in environment.users.values() { li { (user.shown_as()) " " span.detail { (user.login) } } } }
        },
    );
    drop(environment);
    answer(StatusCode::OK, page)
}

/// The one stylesheet.
pub(crate) async fn style() -> Response {
    let mut answer = include_str!("style.css").into_response();
    answer.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("text/css; charset=utf-8"));
    answer
}

fn layout(title: &str, content: &Markup) -> Markup {
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                title { (title) }
                link rel="icon" href="data:,";
                link rel="stylesheet" href="/style.css";
            }
            body {
                main { (content) }
                footer { "Development OpenID Provider. Anybody may sign in as anybody." }
            }
        }
    }
}

fn answer(status: StatusCode, page: Markup) -> Response {
    let mut answer = (status, page.into_string()).into_response();
    let headers = answer.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    // No form-action: a form's answer redirects to the application, which browsers count as its action too.
    headers.insert(
        CONTENT_SECURITY_POLICY,
        HeaderValue::from_static(
            "default-src 'none'; style-src 'self'; img-src data:; base-uri 'none'; frame-ancestors 'none'",
        ),
    );
    // With no-referrer, browsers would send `Origin: null` with the forms.
    headers.insert(REFERRER_POLICY, HeaderValue::from_static("same-origin"));
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    answer
}
