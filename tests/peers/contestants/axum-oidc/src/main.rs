//! axum-oidc, with its sessions in the memory store of tower-sessions.

use anyhow::{Result, anyhow};
use axum::{
    Router,
    error_handling::HandleErrorLayer,
    extract::FromRequestParts,
    http::{Uri, request::Parts},
    response::IntoResponse,
    routing::get,
};
use axum_oidc::{
    EmptyAdditionalClaims, OidcAuthLayer, OidcClaims, OidcClient, OidcLoginLayer, OidcSession,
    error::MiddlewareError,
    handle_oidc_redirect,
    openidconnect::{ClientId, ClientSecret, IssuerUrl, Scope, core::CoreGenderClaim},
};
use contestant::{CALLBACK, PAGE, Task, greeting};
use tower::ServiceBuilder;
use tower_sessions::{
    Expiry, MemoryStore, SessionManagerLayer,
    cookie::{SameSite, time::Duration},
};

#[tokio::main]
async fn main() -> Result<()> {
    let task = Task::from_env()?;
    let client = OidcClient::<EmptyAdditionalClaims>::builder()
        .with_default_http_client()
        .with_redirect_url(task.redirect_uri().parse::<Uri>()?)
        .with_client_id(ClientId::new(task.client_id.clone()))
        .with_client_secret(ClientSecret::new(task.client_secret.clone()))
        .with_scopes(["openid", "profile", "email"].map(|scope| Scope::new(scope.to_owned())).to_vec())
        .discover(IssuerUrl::new(task.issuer.clone())?)
        .await
        .map_err(|error| anyhow!("{error}"))?
        .build();
    let login = ServiceBuilder::new()
        .layer(HandleErrorLayer::new(answer))
        .layer(OidcLoginLayer::<EmptyAdditionalClaims, Sessions>::new());
    let known = ServiceBuilder::new()
        .layer(HandleErrorLayer::new(answer))
        .layer(OidcAuthLayer::<EmptyAdditionalClaims, Sessions>::new(client));
    let sessions = SessionManagerLayer::new(MemoryStore::default())
        .with_same_site(SameSite::Lax)
        .with_expiry(Expiry::OnInactivity(Duration::days(1)));
    let application = Router::new()
        .route(PAGE, get(me))
        .layer(login)
        .route(CALLBACK, get(handle_oidc_redirect::<EmptyAdditionalClaims, Sessions>))
        .layer(known)
        .layer(sessions);
    contestant::axum::serve(task, application).await
}

async fn me(claims: OidcClaims<EmptyAdditionalClaims>) -> String {
    greeting(claims.subject().as_str())
}

async fn answer(error: MiddlewareError) -> impl IntoResponse {
    error.into_response()
}

/// The bridge from axum-oidc to tower-sessions that applications write.
struct Sessions(tower_sessions::Session);

const KEY: &str = "axum-oidc";

type Oidc = OidcSession<EmptyAdditionalClaims, CoreGenderClaim>;

impl axum_oidc::Session<EmptyAdditionalClaims> for Sessions {
    type Error = tower_sessions::session::Error;

    async fn get(&self) -> Result<Oidc, Self::Error> {
        Ok(self.0.get(KEY).await?.unwrap_or_default())
    }

    async fn set(&mut self, value: Oidc) -> Result<(), Self::Error> {
        self.0.insert(KEY, value).await
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Sessions {
    type Rejection = <tower_sessions::Session as FromRequestParts<S>>::Rejection;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Self::Rejection> {
        tower_sessions::Session::from_request_parts(parts, state).await.map(Self)
    }
}
