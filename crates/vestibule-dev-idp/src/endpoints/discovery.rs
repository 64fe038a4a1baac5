//! `/.well-known/openid-configuration`.

use std::sync::Arc;

use axum::extract::State;
use axum::response::Response;
use http::StatusCode;
use http::header::CACHE_CONTROL;
use serde_json::{Value, to_value};

use crate::endpoints::json;
use crate::faults::Misbehaviour;
use crate::messages::discovery;
use crate::messages::oauth_error::OAuthError;
use crate::provider::Provider;

pub(crate) async fn discovery(State(provider): State<Arc<Provider>>) -> Response {
    let document = discovery::document(&provider).ok().and_then(|metadata| to_value(metadata).ok());
    let Some(Value::Object(mut document)) = document else {
        return OAuthError::server_error().into_response();
    };
    let faults = provider.environment().faults.take(|misbehaviour| match misbehaviour {
        Misbehaviour::Discovery(fault) => Some(fault.clone()),
        _ => None,
    });
    for fault in faults {
        fault.apply(&mut document);
    }
    let mut answer = json(StatusCode::OK, &Value::Object(document));
    answer.headers_mut().remove(CACHE_CONTROL);
    answer
}
