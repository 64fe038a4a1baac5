//! The harness as an application: one that has no secret but a key, asks silently, and is an API as well.

use std::net::SocketAddr;

use anyhow::{Context as _, Result};
use axum::routing::get;
use axum::{Json, Router};
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use url::Url;
use vestibule_axum::vestibule::{AccessTokenPolicy, AuthorityClaims, OsRandom, Provider};
use vestibule_axum::{
    Api, Bearer, CookieKeys, Failure, Guard, Guarded, MemoryStore, RelyingParty, Requirement, Session,
    Visitor, require, wrap, wrap_api,
};

use crate::clients::{self, API};

/// A running probe. A drop ends it.
#[derive(Debug)]
pub(crate) struct Probe {
    base: Url,
    server: JoinHandle<()>,
}

/// Where the probe will listen.
pub(crate) async fn listener() -> Result<(TcpListener, Url)> {
    let listener = TcpListener::bind(SocketAddr::from(([127, 0, 0, 1], 0))).await?;
    let base = Url::parse(&format!("http://{}", listener.local_addr()?))?;
    Ok((listener, base))
}

impl Probe {
    /// Serves on `listener`; access tokens are judged by `policy`, and tell in the claims of `authority` what users may do.
    pub(crate) fn start(
        listener: TcpListener,
        client: &clients::Probe,
        issuer: &Url,
        policy: AccessTokenPolicy,
        authority: AuthorityClaims,
    ) -> Result<Self> {
        let provider = Provider::new(issuer.as_str().trim_end_matches('/'))?;
        let base = client.base.as_str().trim_end_matches('/');
        let resource_server = provider.resource_server(API).policy(policy).authority(authority).build()?;
        let relying_party =
            RelyingParty::builder(provider.web_app(clients::Probe::CLIENT_ID, client.key.clone()), base)
                .authorization(|request| {
                    request.parameter("resource", API).unwrap_or_else(|_| unreachable!())
                })
                .authority_from_access_tokens(resource_server.clone())
                .silent_login()
                .stored_sessions(MemoryStore::new(), CookieKeys::generate(&OsRandom)?)
                .build()?;
        let api =
            Api::builder(resource_server, format!("{base}/api")).revocable_by(&relying_party).build()?;
        let billing = Router::new().route("/", get("the bills")).layer(require(Requirement::role("billing")));
        let router = Router::new()
            .route("/", get(home))
            .route("/me", get(me))
            .route("/token", get(token))
            .route("/api/whoami", get(whoami))
            .route("/staff", get(staff))
            .nest("/billing", billing);
        let router = wrap(wrap_api(router, api), relying_party);
        let server = tokio::spawn(async move {
            if let Err(error) = axum::serve(listener, router).await {
                eprintln!("the probe ended: {error}");
            }
        });
        Ok(Self { base: client.base.clone(), server })
    }

    pub(crate) fn url(&self, path: &str) -> Result<Url> {
        self.base.join(path).context("not a path")
    }
}

impl Drop for Probe {
    fn drop(&mut self) {
        self.server.abort();
    }
}

async fn home(visitor: Visitor) -> Json<Value> {
    Json(match visitor {
        Visitor::Anonymous => json!({ "sub": null }),
        Visitor::SignedIn(session) => json!({ "sub": session.subject() }),
    })
}

async fn me(session: Session) -> Json<Value> {
    Json(json!({ "sub": session.subject() }))
}

/// Gives the token away, as no real application does.
async fn token(session: Session) -> Result<String, Failure> {
    Ok(session.access_token().await?.expose().to_owned())
}

struct Staff;

impl Guard for Staff {
    fn requirement() -> Requirement {
        Requirement::role("staff")
    }
}

async fn staff(staff: Guarded<Staff>) -> String {
    staff.subject().to_owned()
}

async fn whoami(bearer: Bearer) -> Json<Value> {
    Json(json!({
        "sub": bearer.subject(),
        "client_id": bearer.client_id(),
        "is_service": bearer.is_service(),
    }))
}
