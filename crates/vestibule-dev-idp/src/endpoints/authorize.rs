//! `/authorize`: the browser arrives, sent by an application.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::response::Response;

use crate::endpoints::authorization_request::{AuthorizationRefusal, AuthorizationRequest};
use crate::endpoints::{callback, login, parameters, session_cookie};
use crate::event::EventKind;
use crate::pages;
use crate::provider::Provider;
use crate::settings::seconds;
use crate::store::{Environment, NewCode};

pub(crate) async fn authorize(State(provider): State<Arc<Provider>>, request: Request) -> Response {
    let (headers, parameters) = parameters::of_browser(request).await;
    let mut environment = provider.environment();
    let parsed = AuthorizationRequest::parse(&parameters, &environment, &provider.settings);
    let request = match parsed {
        Ok(request) => request,
        Err(refusal) => return refused(&provider, &mut environment, refusal),
    };
    let now = provider.clock.unix();
    let known = session_cookie(&provider, &headers)
        .and_then(|key| environment.sessions.with_key(&key))
        .filter(|session| request.is_satisfied_by(session, now))
        .map(|session| (session.key.clone(), session.login.clone()));
    let client = request.application.client_id.clone();
    match known {
        Some((key, user)) => {
            provider.emit(EventKind::SingleSignOn { user, client });
            grant_code(&provider, &mut environment, &request, &key)
        }
        None if request.is_silent() => {
            let refusal =
                request.refusal("login_required", "the user is not signed in, or must authenticate");
            callback::with_error(&provider, &mut environment, refusal)
        }
        None => {
            provider.emit(EventKind::LoginPageShown { client });
            login::page(&provider, &environment, &request, &parameters.encoded(), None)
        }
    }
}

pub(crate) fn refused(
    provider: &Provider,
    environment: &mut Environment,
    refusal: AuthorizationRefusal,
) -> Response {
    match refusal {
        AuthorizationRefusal::Page(text) => {
            provider.emit(EventKind::LoginRefused { client: None, reason: text.clone() });
            pages::refusal(&text)
        }
        AuthorizationRefusal::Redirect(refusal) => callback::with_error(provider, environment, refusal),
    }
}

/// Lets the application take part in the session and sends it a code.
pub(crate) fn grant_code(
    provider: &Provider,
    environment: &mut Environment,
    request: &AuthorizationRequest,
    key: &str,
) -> Response {
    let now = provider.clock.unix();
    let client_id = &request.application.client_id;
    let Some(grant) = environment.join(key, client_id, &request.scope, request.nonce.as_deref()) else {
        return pages::refusal("The session has just ended. Go back to the application and try again.");
    };
    let bound = NewCode {
        redirect_uri: request.redirect_uri.clone(),
        code_challenge: request.code_challenge.clone(),
        expires: now.saturating_add(seconds(provider.settings.code_lifetime)),
    };
    let code = environment.grants.issue_code(grant, bound, now);
    callback::with_code(provider, environment, &request.redirect_uri, request.state.as_deref(), &code)
}
