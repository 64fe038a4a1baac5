//! The endpoints, one file each.

mod authorization_request;
mod authorize;
mod callback;
mod client_authentication;
mod client_credentials;
mod cors;
mod device;
mod device_authorization;
mod device_token;
mod discovery;
mod end_session;
mod introspect;
mod jwks;
mod login;
mod parameters;
mod revoke;
mod token;
mod userinfo;
mod watch;

use std::sync::Arc;

use axum::Router;
use axum::middleware::from_fn_with_state;
use axum::response::{IntoResponse as _, Response};
use axum::routing::{get, post};
use http::header::{CACHE_CONTROL, CONTENT_TYPE, COOKIE, LOCATION, ORIGIN, PRAGMA};
use http::{HeaderMap, HeaderValue, StatusCode};
use serde_json::Value;

pub(crate) use self::authorization_request::PROMPTS;
use crate::pages;
use crate::provider::Provider;

pub(crate) fn router(provider: Arc<Provider>) -> Router {
    Router::new()
        .route("/.well-known/openid-configuration", get(discovery::discovery))
        .route("/jwks", get(jwks::jwks))
        .route("/jwks/{ending}", get(jwks::jwks))
        .route("/authorize", get(authorize::authorize).post(authorize::authorize))
        .route("/device", get(device::device).post(device::device))
        .route("/device_authorization", post(device_authorization::device_authorization))
        .route("/introspect", post(introspect::introspect))
        .route("/login", post(login::login))
        .route("/token", post(token::token))
        .route("/userinfo", get(userinfo::userinfo).post(userinfo::userinfo))
        .route("/revoke", post(revoke::revoke))
        .route("/end_session", get(end_session::end_session).post(end_session::end_session))
        .route("/end_session/confirm", post(end_session::confirmed))
        .route("/elsewhere", get(elsewhere).post(elsewhere))
        .route("/style.css", get(pages::style))
        .route("/", get(pages::front))
        .layer(from_fn_with_state(Arc::clone(&provider), watch::watch))
        .layer(from_fn_with_state(Arc::clone(&provider), cors::cors))
        .with_state(provider)
}

/// A JSON answer that nobody may keep.
pub(crate) fn json(status: StatusCode, body: &Value) -> Response {
    let mut answer = (status, body.to_string()).into_response();
    answer.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    not_stored(answer)
}

fn not_stored(mut answer: Response) -> Response {
    answer.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    answer.headers_mut().insert(PRAGMA, HeaderValue::from_static("no-cache"));
    answer
}

fn see_other(location: &str) -> Response {
    let Ok(location) = HeaderValue::from_str(location) else {
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    };
    let mut answer = StatusCode::SEE_OTHER.into_response();
    answer.headers_mut().insert(LOCATION, location);
    not_stored(answer)
}

/// The session that the browser's cookie names.
fn session_cookie(provider: &Provider, headers: &HeaderMap) -> Option<String> {
    let name = provider.cookie_name();
    headers.get_all(COOKIE).iter().filter_map(|header| header.to_str().ok()).find_map(|header| {
        header
            .split(';')
            .filter_map(|pair| pair.trim().split_once('='))
            .find_map(|(cookie, value)| (cookie == name).then(|| value.to_owned()))
    })
}

/// Whether a form comes from a page of the provider, as far as the browser tells. Other clients send no `Origin`.
fn from_own_page(provider: &Provider, headers: &HeaderMap) -> bool {
    headers.get(ORIGIN).is_none_or(|origin| origin.as_bytes() == provider.issuer.as_bytes())
}

async fn elsewhere() -> Response {
    json(StatusCode::OK, &serde_json::json!({ "elsewhere": true }))
}
