//! What happens around every endpoint: counting, outages, misbehaviour.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use http::StatusCode;

use crate::event::EventKind;
use crate::faults::{Endpoint, HttpFault, Misbehaviour, after, instead};
use crate::provider::Provider;

pub(crate) async fn watch(State(provider): State<Arc<Provider>>, request: Request, next: Next) -> Response {
    let Some(endpoint) = Endpoint::of(request.uri().path()) else { return next.run(request).await };
    provider.requests.count(endpoint);
    if provider.is_unavailable() {
        return StatusCode::SERVICE_UNAVAILABLE.into_response();
    }
    let faults = provider.environment().faults.take(|misbehaviour| match misbehaviour {
        Misbehaviour::Http(at, fault) if *at == endpoint => Some(fault.clone()),
        _ => None,
    });
    if faults.contains(&HttpFault::HeldBefore) {
        hold(&provider, endpoint).await;
    }
    if let Some(answer) = faults.iter().find_map(instead) {
        return answer;
    }
    let mut answer = next.run(request).await;
    if faults.contains(&HttpFault::Held) {
        hold(&provider, endpoint).await;
    }
    for fault in &faults {
        answer = after(fault, answer, endpoint, &provider).await;
    }
    answer
}

async fn hold(provider: &Provider, endpoint: Endpoint) {
    let mut queue = provider.gate.queue();
    provider.emit(EventKind::Held { endpoint });
    let _ = queue.changed().await;
}
