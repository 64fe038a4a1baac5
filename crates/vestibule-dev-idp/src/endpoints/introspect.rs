//! `/introspect` (RFC 7662): what is true of an access token now.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::response::Response;
use http::StatusCode;
use serde_json::{Value, json};

use crate::endpoints::parameters;
use crate::endpoints::token::single;
use crate::endpoints::{client_authentication, json as answer};
use crate::jwt::opened_hint;
use crate::messages::oauth_error::OAuthError;
use crate::provider::Provider;

pub(crate) async fn introspect(State(provider): State<Arc<Provider>>, request: Request) -> Response {
    let (head, form) = parameters::of_form(request).await;
    let told = form
        .ok_or_else(|| OAuthError::invalid_request("the body must be a form"))
        .and_then(single)
        .and_then(|form| {
            let application = client_authentication::authenticate(&provider, &head.headers, &form)?;
            if application.is_public() {
                // Section 2.1: else anybody could try tokens out.
                return Err(OAuthError::invalid_client("an application without a secret may not ask"));
            }
            let token = form.get("token").ok_or_else(|| OAuthError::invalid_request("token is missing"))?;
            Ok(about(&provider, token))
        });
    match told {
        Ok(told) => answer(StatusCode::OK, &told),
        Err(error) => error.into_response(),
    }
}

/// Section 2.2: of a token that is not active, nothing is told but that.
fn about(provider: &Provider, token: &str) -> Value {
    let environment = provider.environment();
    let active = opened_hint(&environment.keys, token).filter(|claims| {
        let jti = claims.get("jti").and_then(Value::as_str).unwrap_or_default();
        environment.grants.live_access_token(jti, provider.clock.unix()).is_some()
    });
    let Some(mut claims) = active else { return json!({ "active": false }) };
    claims.insert("active".to_owned(), json!(true));
    claims.insert("token_type".to_owned(), json!("Bearer"));
    Value::Object(claims)
}
