//! `/userinfo` (OpenID Connect Core 5.3, RFC 6750).

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::response::{IntoResponse as _, Response};
use http::header::{AUTHORIZATION, CONTENT_TYPE};
use http::{HeaderValue, StatusCode};
use serde_json::Value;

use crate::endpoints::parameters::{self, Parameters};
use crate::endpoints::{json, not_stored};
use crate::jwt::opened_hint;
use crate::messages::oauth_error::OAuthError;
use crate::messages::userinfo;
use crate::provider::Provider;

pub(crate) async fn userinfo(State(provider): State<Arc<Provider>>, request: Request) -> Response {
    let (head, form) = parameters::of_form(request).await;
    let query = Parameters::parse(head.uri.query().unwrap_or_default().as_bytes());
    let in_header = head.headers.get(AUTHORIZATION).and_then(|header| {
        let (scheme, token) = header.to_str().ok()?.split_once(' ')?;
        scheme.eq_ignore_ascii_case("bearer").then(|| token.to_owned())
    });
    let in_form = form.as_ref().and_then(|form| form.get("access_token")).map(str::to_owned);
    if query.get("access_token").is_some() {
        return OAuthError::invalid_request("an access token must not be in the query").into_response();
    }
    let token = match (in_header, in_form) {
        (Some(_), Some(_)) => {
            return OAuthError::invalid_request("the access token is there twice").into_response();
        }
        (Some(token), None) | (None, Some(token)) => token,
        (None, None) => return OAuthError::invalid_token("there is no access token").into_response(),
    };
    claims_for(&provider, &token).unwrap_or_else(OAuthError::into_response)
}

fn claims_for(provider: &Provider, token: &str) -> Result<Response, OAuthError> {
    let mut environment = provider.environment();
    let jti = opened_hint(&environment.keys, token)
        .and_then(|claims| claims.get("jti").and_then(Value::as_str).map(str::to_owned))
        .ok_or_else(|| OAuthError::invalid_token("this is no access token of this provider"))?;
    let grant = environment
        .grants
        .live_access_token(&jti, provider.clock.unix())
        .cloned()
        .ok_or_else(|| OAuthError::invalid_token("the access token is expired or revoked"))?;
    let user = environment.users.get(&grant.login).cloned();
    let application = environment.applications.get(&grant.client_id).cloned();
    let (Some(user), Some(application)) = (user, application) else {
        return Err(OAuthError::invalid_token("the user or the application is gone"));
    };
    let claims = userinfo::claims(&mut environment, &user, &grant).map_err(|_| OAuthError::server_error())?;
    if !application.signed_userinfo {
        return Ok(json(StatusCode::OK, &Value::Object(claims)));
    }
    let jwt = userinfo::signed(provider, &mut environment, &application, claims)
        .map_err(|_| OAuthError::server_error())?;
    let mut answer = jwt.into_response();
    answer.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/jwt"));
    Ok(not_stored(answer))
}
