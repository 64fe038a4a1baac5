//! axess with its memory session store and registry: what its back-channel logout needs is in place.

use std::sync::Arc;

use anyhow::Result;
use axess::{
    AuthSession, Clock as _, MemorySessionRegistry, MemorySessionStore, SecureRng as _, SessionLayer,
    SystemClock, SystemRng,
    authn::{AuditContext, AuthnService, EntityState, Tenant, User, UserId},
    federation::oauth::{OAuthLoginOptions, OAuthProviderConfig},
    require_authn,
    testing::{MockFactorStore, MockIdentityStore, tenant, user},
};
use axum::{
    Router,
    extract::{Query, State},
    http::StatusCode,
    response::Redirect,
    routing::get,
};
use contestant::{CALLBACK, PAGE, Task, greeting};
use serde::Deserialize;

type Service = AuthnService<MockIdentityStore, MockFactorStore>;

const PROVIDER: &str = "provider";
const SUBJECT: &str = "subject";

#[tokio::main]
async fn main() -> Result<()> {
    let task = Task::from_env()?;
    let provider = OAuthProviderConfig::discover(
        PROVIDER,
        &task.issuer,
        &task.client_id,
        &task.client_secret,
        &task.redirect_uri(),
    )
    .await?
    .with_scopes(["openid", "profile", "email"].map(str::to_owned).to_vec())
    .build()?;
    let user = local_user();
    let identity = MockIdentityStore::new().with_default_tenant(local_tenant()).with_user(user.clone());
    let service = AuthnService::builder(identity, MockFactorStore::new())
        .with_registry(MemorySessionRegistry::new())
        .with_oauth_provider(provider)
        .build();
    let mut key = [0; 32];
    SystemRng.fill_bytes(&mut key);
    let application = Router::new()
        .route(PAGE, get(me))
        .layer(require_authn!(url = "/login", validator = service.session_validator()))
        .route("/login", get(start))
        .route(CALLBACK, get(callback))
        .with_state(Application { service: Arc::new(service), user })
        .layer(SessionLayer::new(MemorySessionStore::new(), key));
    contestant::axum::serve(task, application).await
}

#[derive(Clone)]
struct Application {
    service: Arc<Service>,
    /// Whoever signs in is this user of the application.
    user: User,
}

#[derive(Deserialize)]
struct Answer {
    code: String,
    state: String,
    iss: Option<String>,
}

async fn me(session: AuthSession) -> Result<String, StatusCode> {
    let subject = session.get_custom(SUBJECT).await.ok_or(StatusCode::UNAUTHORIZED)?;
    Ok(greeting(subject.as_str().ok_or(StatusCode::UNAUTHORIZED)?))
}

async fn start(State(app): State<Application>, session: AuthSession) -> Result<Redirect, StatusCode> {
    let service = app.service.with_audit_context(AuditContext::default());
    let options = OAuthLoginOptions::default();
    let started = service.begin_oauth_login(PROVIDER, &options, &session).await;
    let (url, _) = started.map_err(|_| StatusCode::INTERNAL_SERVER_ERROR)?;
    Ok(Redirect::to(url.as_str()))
}

async fn callback(
    State(app): State<Application>,
    session: AuthSession,
    Query(Answer { code, state, iss }): Query<Answer>,
) -> Result<Redirect, StatusCode> {
    let service = app.service.with_audit_context(AuditContext::default());
    let finished = service.finish_oauth_login_with_iss(&code, &state, iss.as_deref(), &session).await;
    let claims = finished.map_err(|_| StatusCode::BAD_REQUEST)?;
    let completed = service.complete_oauth_login(&app.user, &claims, &session).await;
    completed.map_err(|_| StatusCode::FORBIDDEN)?;
    session.set_custom(SUBJECT, claims.subject.into()).await;
    Ok(Redirect::to(PAGE))
}

fn local_tenant() -> Tenant {
    let now = SystemClock.now();
    Tenant {
        id: tenant("default"),
        identifier: "default".into(),
        display_name: "Default".into(),
        status: EntityState::Active,
        created_by: UserId::system(),
        created_at: now,
        updated_by: UserId::system(),
        updated_at: now,
    }
}

fn local_user() -> User {
    let now = SystemClock.now();
    User {
        id: user("alice"),
        tenant_id: tenant("default"),
        identifier: "alice".into(),
        display_name: "Alice Liddell".into(),
        status: EntityState::Active,
        webauthn_id: None,
        created_by: UserId::system(),
        created_at: now,
        updated_by: UserId::system(),
        updated_at: now,
    }
}
