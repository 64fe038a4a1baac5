//! `/revoke` (RFC 7009).

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::response::{IntoResponse as _, Response};
use http::StatusCode;
use serde_json::Value;

use crate::application::Application;
use crate::endpoints::parameters::{self, Parameters};
use crate::endpoints::token::single;
use crate::endpoints::{client_authentication, cors, not_stored};
use crate::event::EventKind;
use crate::jwt::opened_hint;
use crate::messages::oauth_error::OAuthError;
use crate::provider::Provider;

pub(crate) async fn revoke(State(provider): State<Arc<Provider>>, request: Request) -> Response {
    let (head, form) = parameters::of_form(request).await;
    let client = form.as_ref().and_then(|form| client_authentication::named(&head.headers, form));
    let revoked = form
        .ok_or_else(|| OAuthError::invalid_request("the body must be a form"))
        .and_then(single)
        .and_then(|form| {
            let application = client_authentication::authenticate(&provider, &head.headers, &form)?;
            revoke_token(&provider, &application, &form)
        });
    let answer = match revoked {
        Ok(()) => not_stored(StatusCode::OK.into_response()),
        Err(error) => error.into_response(),
    };
    cors::called_by(answer, client)
}

/// Section 2.1: a refresh token takes its whole grant with it. A token that is unknown is as good as revoked.
fn revoke_token(provider: &Provider, application: &Application, form: &Parameters) -> Result<(), OAuthError> {
    let token = form.get("token").ok_or_else(|| OAuthError::invalid_request("token is missing"))?;
    let mut environment = provider.environment();
    let check_owner = |owner: &str| {
        if owner == application.client_id {
            return Ok(());
        }
        Err(OAuthError::invalid_grant("the token was issued to another application"))
    };
    if let Some((id, grant)) = environment.grants.owner_of_refresh_token(token) {
        check_owner(&grant.client_id)?;
        environment.grants.revoke(id);
    } else {
        let jti = opened_hint(&environment.keys, token)
            .and_then(|claims| claims.get("jti").and_then(Value::as_str).map(str::to_owned));
        let Some(jti) = jti else { return Ok(()) };
        let Some(grant) = environment.grants.owner_of_access_token(&jti) else { return Ok(()) };
        check_owner(&grant.client_id)?;
        environment.grants.revoke_access_token(&jti);
    }
    provider.emit(EventKind::TokenRevoked { client: application.client_id.clone() });
    Ok(())
}
