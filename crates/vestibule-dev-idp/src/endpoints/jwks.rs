//! `/jwks`.

use std::sync::Arc;

use axum::extract::State;
use axum::response::Response;
use http::StatusCode;
use http::header::CACHE_CONTROL;

use crate::endpoints::json;
use crate::messages::jwks;
use crate::messages::oauth_error::OAuthError;
use crate::provider::Provider;

pub(crate) async fn jwks(State(provider): State<Arc<Provider>>) -> Response {
    match jwks::document(&mut provider.environment()) {
        Ok(document) => {
            let mut answer = json(StatusCode::OK, &document);
            answer.headers_mut().remove(CACHE_CONTROL);
            answer
        }
        Err(_) => OAuthError::server_error().into_response(),
    }
}
