//! axum-login on tower-sessions with its memory store; the login is made by hand with `openidconnect`.

use std::{
    collections::HashMap,
    sync::{Arc, PoisonError, RwLock},
};

use anyhow::Result;
use axum::{
    Router,
    extract::{Query, State},
    http::StatusCode,
    response::Redirect,
    routing::get,
};
use axum_login::{AuthManagerLayerBuilder, AuthUser, AuthnBackend, UserId, login_required};
use contestant::{
    CALLBACK, PAGE, Task, greeting,
    login::{Answer, Attempt, Login, User},
};
use tower_sessions::{
    Expiry, MemoryStore, Session, SessionManagerLayer,
    cookie::{SameSite, time::Duration},
};

#[tokio::main]
async fn main() -> Result<()> {
    let task = Task::from_env()?;
    let backend = Backend { login: Login::discover(&task).await?, users: Arc::default() };
    let sessions = SessionManagerLayer::new(MemoryStore::default())
        .with_same_site(SameSite::Lax)
        .with_expiry(Expiry::OnInactivity(Duration::days(1)));
    let application = Router::new()
        .route(PAGE, get(me))
        .route_layer(login_required!(Backend, login_url = "/login"))
        .route("/login", get(start))
        .route(CALLBACK, get(callback))
        .with_state(backend.clone())
        .layer(AuthManagerLayerBuilder::new(backend, sessions).build());
    contestant::axum::serve(task, application).await
}

/// The application's users: a table in memory, where others have a database.
#[derive(Clone, Debug)]
struct Backend {
    login: Login,
    users: Arc<RwLock<HashMap<String, Known>>>,
}

#[derive(Clone, Debug)]
struct Known(User);

impl AuthUser for Known {
    type Id = String;

    fn id(&self) -> String {
        self.0.subject.clone()
    }

    fn session_auth_hash(&self) -> &[u8] {
        self.0.subject.as_bytes()
    }
}

impl AuthnBackend for Backend {
    type User = Known;
    type Credentials = (Attempt, Answer);
    type Error = Refused;

    async fn authenticate(&self, (attempt, answer): Self::Credentials) -> Result<Option<Known>, Refused> {
        let user = Known(self.login.finish(&attempt, &answer).await.map_err(Refused)?);
        let mut users = self.users.write().unwrap_or_else(PoisonError::into_inner);
        users.insert(user.id(), user.clone());
        Ok(Some(user))
    }

    async fn get_user(&self, id: &UserId<Self>) -> Result<Option<Known>, Refused> {
        Ok(self.users.read().unwrap_or_else(PoisonError::into_inner).get(id).cloned())
    }
}

#[derive(Debug)]
struct Refused(anyhow::Error);

impl std::fmt::Display for Refused {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

impl std::error::Error for Refused {}

type AuthSession = axum_login::AuthSession<Backend>;

const ATTEMPT: &str = "attempt";

async fn me(session: AuthSession) -> Result<String, StatusCode> {
    let user = session.user.ok_or(StatusCode::UNAUTHORIZED)?;
    Ok(greeting(user.0.subject))
}

async fn start(State(backend): State<Backend>, session: Session) -> Result<Redirect, StatusCode> {
    let (url, attempt) = backend.login.start();
    session.insert(ATTEMPT, attempt).await.map_err(|_| StatusCode::INTERNAL_SERVER_ERROR)?;
    Ok(Redirect::to(&url))
}

async fn callback(
    mut auth: AuthSession,
    session: Session,
    Query(answer): Query<Answer>,
) -> Result<Redirect, StatusCode> {
    let attempt = session.remove(ATTEMPT).await.map_err(|_| StatusCode::INTERNAL_SERVER_ERROR)?;
    let attempt: Attempt = attempt.ok_or(StatusCode::BAD_REQUEST)?;
    let user = auth.authenticate((attempt, answer)).await.map_err(|_| StatusCode::BAD_REQUEST)?;
    let user = user.ok_or(StatusCode::UNAUTHORIZED)?;
    auth.login(&user).await.map_err(|_| StatusCode::INTERNAL_SERVER_ERROR)?;
    Ok(Redirect::to(PAGE))
}
