//! `/end_session` (OpenID Connect RP-Initiated Logout 1.0).

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::response::Response;
use http::HeaderValue;
use http::header::SET_COOKIE;
use serde_json::Value;
use url::Url;

use crate::endpoints::parameters::{self, Parameters};
use crate::endpoints::{from_own_page, see_other, session_cookie};
use crate::event::LogoutCause;
use crate::faults::Misbehaviour;
use crate::jwt::opened_hint;
use crate::logout;
use crate::pages;
use crate::provider::Provider;
use crate::store::{Environment, Session};

pub(crate) async fn end_session(State(provider): State<Arc<Provider>>, request: Request) -> Response {
    let (headers, parameters) = parameters::of_browser(request).await;
    let request = match LogoutRequest::parse(&parameters, &provider.environment()) {
        Ok(request) => request,
        Err(reason) => return pages::refusal(&reason),
    };
    let session = live_session(&provider, session_cookie(&provider, &headers));
    let is_meant =
        |session: &Session| request.subject.as_ref().is_some_and(|subject| *subject == session.subject);
    match session {
        Some(session) if !is_meant(&session) => pages::logout(&session, &parameters.encoded()),
        session => finish(&provider, session, request).await,
    }
}

/// `/end_session/confirm`: the user agreed.
pub(crate) async fn confirmed(State(provider): State<Arc<Provider>>, request: Request) -> Response {
    let (headers, form) = parameters::of_browser(request).await;
    if !from_own_page(&provider, &headers) {
        return pages::refusal("This form was sent from a page of another site.");
    }
    let asked = Parameters::parse(form.get("request").unwrap_or_default().as_bytes());
    let request = match LogoutRequest::parse(&asked, &provider.environment()) {
        Ok(request) => request,
        Err(reason) => return pages::refusal(&reason),
    };
    let session = live_session(&provider, session_cookie(&provider, &headers));
    finish(&provider, session, request).await
}

/// What an application, or nobody in particular, asks for.
#[derive(Debug)]
struct LogoutRequest {
    client_id: Option<String>,
    /// Whom the hint names.
    subject: Option<String>,
    post_logout_redirect_uri: Option<String>,
    state: Option<String>,
}

impl LogoutRequest {
    fn parse(parameters: &Parameters, environment: &Environment) -> Result<Self, String> {
        if let Some(name) = parameters.repeated() {
            return Err(format!("The parameter {name} is repeated."));
        }
        let owned = |name| parameters.get(name).map(str::to_owned);
        let hint = match parameters.get("id_token_hint") {
            Some(hint) => Some(
                opened_hint(&environment.keys, hint)
                    .ok_or("The parameter id_token_hint is not an ID token of this provider.")?,
            ),
            None => None,
        };
        let audience = hint.as_ref().and_then(|claims| match claims.get("aud") {
            Some(Value::Array(list)) => list.first().and_then(Value::as_str).map(str::to_owned),
            aud => aud.and_then(Value::as_str).map(str::to_owned),
        });
        let client_id = owned("client_id");
        if client_id.is_some() && audience.is_some() && client_id != audience {
            return Err("The ID token was issued to another application than client_id names.".to_owned());
        }
        let client_id = client_id.or(audience);
        let post_logout_redirect_uri = owned("post_logout_redirect_uri");
        if let Some(uri) = &post_logout_redirect_uri {
            let application = client_id
                .as_ref()
                .and_then(|client_id| environment.applications.get(client_id))
                .ok_or("post_logout_redirect_uri needs an id_token_hint or a known client_id.")?;
            if !application.takes_logged_out_users_at(uri) {
                let client_id = &application.client_id;
                return Err(format!("{uri} is not a registered post-logout redirect URI of {client_id}."));
            }
        }
        let subject =
            hint.as_ref().and_then(|claims| claims.get("sub")).and_then(Value::as_str).map(str::to_owned);
        Ok(Self { client_id, subject, post_logout_redirect_uri, state: owned("state") })
    }
}

fn live_session(provider: &Provider, key: Option<String>) -> Option<Session> {
    provider.environment().sessions.with_key(&key?).cloned()
}

async fn finish(provider: &Arc<Provider>, session: Option<Session>, request: LogoutRequest) -> Response {
    if let Some(session) = session {
        let by = match &request.client_id {
            Some(client_id) => LogoutCause::Application(client_id.clone()),
            None => LogoutCause::User,
        };
        let deliveries = logout::end_sessions(provider, &[session.key], &by);
        if provider.settings.redirect_before_delivery {
            tokio::spawn(deliveries);
        } else {
            deliveries.await;
        }
    }
    let mut answer = match request.post_logout_redirect_uri {
        Some(uri) => redirect(provider, &uri, request.state),
        None => pages::logged_out(),
    };
    let cookie = format!("{}=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax", provider.cookie_name());
    if let Ok(cookie) = HeaderValue::from_str(&cookie) {
        answer.headers_mut().append(SET_COOKIE, cookie);
    }
    answer
}

fn redirect(provider: &Provider, uri: &str, state: Option<String>) -> Response {
    let faults = provider.environment().faults.take(|misbehaviour| match misbehaviour {
        Misbehaviour::PostLogout(fault) => Some(fault.clone()),
        _ => None,
    });
    let state = faults.iter().fold(state, |state, fault| fault.apply(state));
    match (Url::parse(uri), state) {
        (Ok(mut url), Some(state)) => {
            url.query_pairs_mut().append_pair("state", &state);
            see_other(url.as_str())
        }
        _ => see_other(uri),
    }
}
