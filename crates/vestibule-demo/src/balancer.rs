//! A tiny load balancer: every request goes to the next node, and past those that are gone.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use anyhow::Result;
use axum::{
    Router,
    body::Bytes,
    extract::State,
    http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, Uri, header},
    response::{IntoResponse as _, Response},
};
use reqwest::{Client, redirect::Policy};

/// Which node answered.
pub(crate) const ANSWERED_BY: HeaderName = HeaderName::from_static("x-demo-node");

/// What concerns one connection alone (RFC 9110 section 7.6.1).
const OF_THE_CONNECTION: [HeaderName; 4] =
    [header::CONNECTION, header::CONTENT_LENGTH, header::TRANSFER_ENCODING, header::UPGRADE];

#[derive(Debug)]
struct Balancer {
    nodes: Vec<String>,
    turn: AtomicUsize,
    http: Client,
}

/// An application that hands its requests on to the nodes at these origins.
pub(crate) fn app(nodes: Vec<String>) -> Result<Router> {
    // A connection of its own for each request: whether a node is there is seen at once.
    let http = Client::builder().no_proxy().redirect(Policy::none()).pool_max_idle_per_host(0);
    let http = http.connect_timeout(Duration::from_secs(1)).build()?;
    let balancer = Arc::new(Balancer { nodes, turn: AtomicUsize::new(0), http });
    Ok(Router::new().fallback(hand_on).with_state(balancer))
}

async fn hand_on(
    State(balancer): State<Arc<Balancer>>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let headers = of_the_message(headers);
    let turn = balancer.turn.fetch_add(1, Ordering::Relaxed);
    let count = balancer.nodes.len();
    for index in (0..count).map(|next| (turn + next) % count) {
        let request = balancer.http.request(method.clone(), format!("{}{uri}", balancer.nodes[index]));
        match request.headers(headers.clone()).body(body.clone()).send().await {
            Ok(answer) => return answered_by(index + 1, answer).await,
            // Nothing was sent yet: the next one may have it.
            Err(error) if error.is_connect() => {}
            Err(_) => return StatusCode::BAD_GATEWAY.into_response(),
        }
    }
    StatusCode::SERVICE_UNAVAILABLE.into_response()
}

async fn answered_by(node: usize, answer: reqwest::Response) -> Response {
    let (status, mut headers) = (answer.status(), of_the_message(answer.headers().clone()));
    headers.insert(ANSWERED_BY, HeaderValue::from(node));
    match answer.bytes().await {
        Ok(body) => (status, headers, body).into_response(),
        Err(_) => StatusCode::BAD_GATEWAY.into_response(),
    }
}

fn of_the_message(mut headers: HeaderMap) -> HeaderMap {
    for name in OF_THE_CONNECTION {
        headers.remove(name);
    }
    headers
}
