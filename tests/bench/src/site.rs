//! An axum application with a page for users who are signed in, with and without Vestibule in front.

use std::sync::Arc;

use anyhow::{Context as _, Result, bail};
use axum::{Router, body::Body, routing::get};
use http::{Request, Response, StatusCode, header};
use tower_service::Service;
use url::Url;
use vestibule::OsRandom;
use vestibule_axum::{CookieKeys, MemoryStore, RelyingParty, Session};
use vestibule_web::{NearCache, store::StoreBackend};

use crate::{
    browser::{PAGE, STATIC_FILE},
    passage,
    provider::InMemory,
};

/// The application, and the cookie of a browser that signed in to it.
#[derive(Clone, Debug)]
pub struct Site {
    /// Without Vestibule: the page greets everybody alike.
    pub bare: Router,
    /// The same behind a service that does nothing but stand where Vestibule would.
    pub passed: Router,
    /// In Vestibule: the page is for users who are signed in.
    pub wrapped: Router,
    /// What is in front of it.
    pub relying_party: RelyingParty,
    /// Where the sessions are, or the logouts of those that are sealed.
    pub store: Arc<dyn StoreBackend>,
    /// The request's `Cookie` header.
    pub cookie: String,
}

impl Site {
    /// Builds the application and signs a user in, whose session is in a store. Call it inside a runtime.
    ///
    /// # Errors
    /// When the login fails.
    pub async fn signed_in() -> Result<Self> {
        Self::stored(Arc::new(MemoryStore::new())).await
    }

    /// As [`signed_in`](Self::signed_in), with a near cache before the store.
    ///
    /// # Errors
    /// When the login fails.
    pub async fn signed_in_nearby() -> Result<Self> {
        Self::stored(Arc::new(NearCache::over(MemoryStore::new()))).await
    }

    /// The same, and the session is in this store.
    ///
    /// # Errors
    /// When the login fails.
    pub async fn stored(store: Arc<dyn StoreBackend>) -> Result<Self> {
        let provider = InMemory::new();
        let relying_party = RelyingParty::builder(provider.client()?, "https://app.example")
            .stored_sessions(Arc::clone(&store), CookieKeys::generate(&OsRandom)?)
            .build()?;
        Self::of(&provider, store, relying_party).await
    }

    /// Builds the application and signs a user in, whose session is sealed in cookies and has at least so many bytes. Call it
    /// inside a runtime.
    ///
    /// # Errors
    /// When the login fails.
    pub async fn sealed(bytes: usize) -> Result<Self> {
        let mut groups = 0;
        loop {
            let (provider, store) = (InMemory::new().with_groups(groups), Arc::new(MemoryStore::new()));
            let relying_party = RelyingParty::builder(provider.client()?, "https://app.example")
                .sealed_sessions(CookieKeys::generate(&OsRandom)?)
                .backchannel_logout(MemoryStore::clone(&store))
                .build()?;
            let site = Self::of(&provider, store, relying_party).await?;
            // Four characters are three bytes.
            let missing = bytes.saturating_sub(site.cookie.len() * 3 / 4);
            if missing == 0 {
                return Ok(site);
            }
            groups += missing.div_ceil(32);
        }
    }

    async fn of(
        provider: &InMemory,
        store: Arc<dyn StoreBackend>,
        relying_party: RelyingParty,
    ) -> Result<Self> {
        // What `axum::serve` does to a router first.
        let bare =
            Router::new().route(STATIC_FILE.path, get(style)).route(PAGE.path, get(hello)).with_state(());
        let passed = passage::wrap(bare.clone());
        let pages = Router::new().route(STATIC_FILE.path, get(style)).route(PAGE.path, get(hello_user));
        let wrapped = vestibule_axum::wrap(pages, relying_party.clone());
        let cookie = sign_in(provider, &wrapped).await?;
        Ok(Self { bare, passed, wrapped, relying_party, store, cookie })
    }
}

/// Whom [`InMemory`] logs in.
pub const SUBJECT: &str = "usr_58812749213204488";

async fn hello() -> String {
    format!("hello {SUBJECT}")
}

async fn hello_user(session: Session) -> String {
    format!("hello {}", session.subject())
}

async fn style() -> &'static str {
    "body { font: 16px system-ui }"
}

/// The whole login, as browser and provider go through it.
async fn sign_in(provider: &InMemory, application: &Router) -> Result<String> {
    let start = send(application, "/auth/login", "").await?;
    let location = header_of(&start, header::LOCATION)?;
    let parameter = |wanted: &str| {
        let url = Url::parse(location).ok()?;
        url.query_pairs().find(|(name, _)| name == wanted).map(|(_, value)| value.into_owned())
    };
    provider.grant(&parameter("nonce").context("a nonce")?);
    let callback = format!("/auth/callback?code=code-1&state={}", parameter("state").context("a state")?);
    let end = send(application, &callback, &cookies(&start)).await?;
    let session = cookies(&end);
    let page = send(application, PAGE.path, &session).await?;
    if page.status() != StatusCode::OK {
        bail!("the user is not signed in: {page:?}");
    }
    Ok(session)
}

async fn send(application: &Router, path: &str, cookie: &str) -> Result<Response<Body>> {
    let request = Request::get(path)
        .header(header::ACCEPT, "text/html")
        .header(header::COOKIE, cookie)
        .header("sec-fetch-mode", "navigate")
        .header("sec-fetch-dest", "document")
        .body(Body::empty())?;
    Ok(application.clone().call(request).await?)
}

fn header_of(response: &Response<Body>, name: header::HeaderName) -> Result<&str> {
    let value = response.headers().get(&name);
    Ok(value.with_context(|| format!("no {name}: {response:?}"))?.to_str()?)
}

/// The cookies that an answer sets and does not delete, as the browser sends them back.
fn cookies(response: &Response<Body>) -> String {
    let lines = response.headers().get_all(header::SET_COOKIE).iter().filter_map(|line| line.to_str().ok());
    let kept = lines.filter(|line| !line.contains("Max-Age=0"));
    kept.filter_map(|line| line.split(';').next()).collect::<Vec<_>>().join("; ")
}
