//! `/jwks`.

use std::sync::Arc;

use axum::extract::State;
use axum::response::Response;
use http::StatusCode;
use http::header::CACHE_CONTROL;

use crate::endpoints::json;
use crate::messages::jwks;
use crate::provider::Provider;

pub(crate) async fn jwks(State(provider): State<Arc<Provider>>) -> Response {
    let mut answer = json(StatusCode::OK, &jwks::document(&mut provider.environment()));
    answer.headers_mut().remove(CACHE_CONTROL);
    answer
}
