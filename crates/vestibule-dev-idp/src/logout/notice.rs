//! Logout tokens on their way (OpenID Connect Back-Channel Logout 1.0 section 2.5).

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::header::CONTENT_TYPE;
use http::{Request, StatusCode};
use http_body_util::Full;
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use tokio::task::JoinSet;
use tokio::time::Instant;

use super::Delivery;
use crate::event::EventKind;
use crate::faults::DeliveryFault;
use crate::provider::Provider;

/// A logout token and where it goes.
#[derive(Debug)]
pub(crate) struct Notice {
    pub(crate) client_id: String,
    pub(crate) uri: String,
    pub(crate) token: String,
    pub(crate) tries: u32,
    pub(crate) faults: Vec<DeliveryFault>,
}

impl Notice {
    fn form(&self) -> String {
        let mut form = form_urlencoded::Serializer::new(String::new());
        form.append_pair("logout_token", &self.token);
        if self.faults.contains(&DeliveryFault::UnknownField) {
            form.append_pair("ignored_parameter", "ignored");
        }
        form.finish()
    }
}

/// Sends logout tokens.
pub(crate) struct LogoutClient(Client<HttpConnector, Full<Bytes>>);

impl LogoutClient {
    pub(crate) fn new() -> Self {
        // An application may close its connections at any time: each delivery opens its own.
        Self(Client::builder(TokioExecutor::new()).pool_max_idle_per_host(0).build_http())
    }

    async fn post(&self, uri: &str, form: &str, timeout: Duration) -> Option<StatusCode> {
        let request = Request::post(uri)
            .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(Full::new(Bytes::from(form.to_owned())))
            .ok()?;
        let answer = tokio::time::timeout(timeout, self.0.request(request)).await.ok()?.ok()?;
        Some(answer.status())
    }
}

impl fmt::Debug for LogoutClient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("LogoutClient")
    }
}

/// Sends notices, all at the same time.
pub(crate) async fn deliver_all(provider: Arc<Provider>, notices: Vec<Notice>) -> Vec<Delivery> {
    let mut under_way = JoinSet::new();
    for notice in notices {
        send_on_its_way(&provider, notice, &mut under_way);
    }
    let mut deliveries = under_way.join_all().await;
    deliveries.sort_by(|a, b| a.client_id.cmp(&b.client_id));
    deliveries
}

fn send_on_its_way(provider: &Arc<Provider>, notice: Notice, under_way: &mut JoinSet<Delivery>) {
    let has = |fault: &DeliveryFault| notice.faults.contains(fault);
    if has(&DeliveryFault::Lost) {
        return;
    }
    let delay = notice.faults.iter().find_map(|fault| match fault {
        DeliveryFault::Delayed(delay) => Some(*delay),
        _ => None,
    });
    let held = has(&DeliveryFault::Held);
    let provider = Arc::clone(provider);
    if held || delay.is_some() {
        let mut queue = provider.gate.queue();
        tokio::spawn(async move {
            if held {
                provider.emit(EventKind::LogoutHeld { client: notice.client_id.clone() });
                let _ = queue.changed().await;
            }
            if let Some(delay) = delay {
                tokio::time::sleep(delay).await;
            }
            deliver(&provider, &notice).await
        });
    } else {
        under_way.spawn(async move { deliver(&provider, &notice).await });
    }
}

async fn deliver(provider: &Provider, notice: &Notice) -> Delivery {
    let delivery = deliver_once(provider, notice).await;
    if notice.faults.contains(&DeliveryFault::Duplicated) {
        return deliver_once(provider, notice).await;
    }
    delivery
}

/// One delivery: a few tries, further and further apart.
async fn deliver_once(provider: &Provider, notice: &Notice) -> Delivery {
    let settings = &provider.settings;
    let form = notice.form();
    let began = Instant::now();
    let mut attempts = 0;
    let mut back_off = settings.logout_back_off;
    loop {
        attempts += 1;
        let status = provider.logout_client.post(&notice.uri, &form, settings.logout_timeout).await;
        let delivery = Delivery {
            client_id: notice.client_id.clone(),
            status: status.map(|status| status.as_u16()),
            attempts,
            latency: began.elapsed(),
        };
        if delivery.succeeded() || attempts >= notice.tries {
            provider.emit(report(&delivery));
            return delivery;
        }
        tokio::time::sleep(back_off).await;
        back_off = back_off.saturating_mul(2);
    }
}

fn report(delivery: &Delivery) -> EventKind {
    match delivery.status {
        Some(status) if delivery.succeeded() => EventKind::LogoutDelivered {
            client: delivery.client_id.clone(),
            status,
            attempt: delivery.attempts,
            latency: delivery.latency,
        },
        status => EventKind::LogoutUndelivered {
            client: delivery.client_id.clone(),
            status,
            attempts: delivery.attempts,
        },
    }
}
