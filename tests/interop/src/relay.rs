//! Stands between the provider and the applications' back channel: passes logout tokens on and remembers them.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use anyhow::{Context as _, Result};
use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderMap, StatusCode, Uri};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use url::{Url, form_urlencoded};

/// A running relay. A drop ends it.
#[derive(Debug)]
pub(crate) struct Relay {
    base: Url,
    desk: Arc<Desk>,
    server: JoinHandle<()>,
}

/// A logout token that the provider sent, and what came of it.
#[derive(Debug, Clone)]
pub(crate) struct Delivery {
    to: Url,
    pub(crate) token: String,
    pub(crate) status: u16,
}

#[derive(Debug)]
struct Desk {
    http: reqwest::Client,
    loses: AtomicBool,
    deliveries: Mutex<Vec<Delivery>>,
}

impl Relay {
    pub(crate) async fn start() -> Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
        let base = Url::parse(&format!("http://{}", listener.local_addr()?))?;
        let desk = Arc::new(Desk {
            http: reqwest::Client::builder().no_proxy().build()?,
            loses: AtomicBool::new(false),
            deliveries: Mutex::default(),
        });
        let router = Router::new().fallback(pass_on).with_state(Arc::clone(&desk));
        let server = tokio::spawn(async move {
            if let Err(error) = axum::serve(listener, router).await {
                eprintln!("the relay ended: {error}");
            }
        });
        Ok(Self { base, desk, server })
    }

    /// The address by which a provider reaches `target`, which is on this host.
    pub(crate) fn address_of(&self, target: &Url) -> Url {
        let mut address = self.base.clone();
        address.set_path(&format!("/{}{}", target.port().unwrap_or_default(), target.path()));
        address
    }

    /// Whether deliveries get lost from now on: remembered, confirmed to the provider, and not passed on.
    pub(crate) fn lose(&self, loses: bool) {
        self.desk.loses.store(loses, Ordering::Relaxed);
    }

    /// What the provider has sent to `target` so far, oldest first.
    pub(crate) fn deliveries_to(&self, target: &Url) -> Vec<Delivery> {
        let deliveries = self.desk.deliveries.lock().unwrap_or_else(PoisonError::into_inner);
        deliveries.iter().filter(|delivery| delivery.to == *target).cloned().collect()
    }
}

impl Drop for Relay {
    fn drop(&mut self) {
        self.server.abort();
    }
}

async fn pass_on(State(desk): State<Arc<Desk>>, uri: Uri, headers: HeaderMap, body: Bytes) -> StatusCode {
    match desk.deliver(&uri, &headers, body).await {
        Ok(status) => status,
        Err(error) => {
            eprintln!("the relay could not pass on a logout token: {error:#}");
            StatusCode::BAD_GATEWAY
        }
    }
}

impl Desk {
    async fn deliver(&self, uri: &Uri, headers: &HeaderMap, body: Bytes) -> Result<StatusCode> {
        let to = Url::parse(&format!("http://127.0.0.1:{}", uri.path().trim_start_matches('/')))?;
        let mut form = form_urlencoded::parse(&body);
        let token = form.find(|(name, _)| name == "logout_token").context("a form without a logout token")?;
        let token = token.1.into_owned();
        let status = if self.loses.load(Ordering::Relaxed) {
            StatusCode::OK
        } else {
            let content_type = headers.get(CONTENT_TYPE).context("a form without a content type")?;
            let request = self.http.post(to.clone()).header(CONTENT_TYPE, content_type).body(body);
            request.send().await?.status()
        };
        let delivery = Delivery { to, token, status: status.as_u16() };
        self.deliveries.lock().unwrap_or_else(PoisonError::into_inner).push(delivery);
        Ok(status)
    }
}
