use anyhow::{Context as _, Result};
use axum::{Router, body::Body, routing::get};
use http::{Request, header};
use tower_service::Service;
use tower_sessions::{Expiry, Session, SessionManagerLayer, cookie::time::Duration};
use tower_sessions_redis_store::{
    RedisStore,
    fred::prelude::{ClientLike as _, Config, Pool},
};

use crate::{browser::PAGE, site::SUBJECT};

/// The same page with `tower-sessions` on Redis: the user's name is in the session, and nothing is checked but that.
#[derive(Clone, Debug)]
pub struct TowerSessions {
    /// The application.
    pub router: Router,
    /// The request's `Cookie` header.
    pub cookie: String,
}

impl TowerSessions {
    /// Signs a user in.
    ///
    /// # Errors
    /// When Redis does not answer.
    pub async fn on(redis_url: &str) -> Result<Self> {
        let pool = Pool::new(Config::from_url(redis_url)?, None, None, None, 1)?;
        pool.connect();
        pool.wait_for_connect().await?;
        let sessions = SessionManagerLayer::new(RedisStore::new(pool))
            .with_secure(false)
            .with_expiry(Expiry::OnInactivity(Duration::minutes(30)));
        let mut router = Router::new()
            .route("/sign-in", get(sign_in))
            .route(PAGE.path, get(hello))
            .layer(sessions)
            .with_state(());
        let answer = router.call(Request::get("/sign-in").body(Body::empty())?).await?;
        let cookie = answer.headers().get(header::SET_COOKIE).context("a cookie")?.to_str()?;
        let cookie = cookie.split(';').next().unwrap_or_default().to_owned();
        Ok(Self { router, cookie })
    }
}

async fn sign_in(session: Session) -> &'static str {
    match session.insert("sub", SUBJECT).await {
        Ok(()) => "signed in",
        Err(_) => "not signed in",
    }
}

async fn hello(session: Session) -> String {
    let sub: Option<String> = session.get("sub").await.ok().flatten();
    format!("hello {}", sub.unwrap_or_default())
}
