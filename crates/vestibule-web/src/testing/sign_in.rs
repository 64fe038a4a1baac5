use std::{fmt, sync::atomic::Ordering, time::Duration};

use http::HeaderMap;
use serde_json::{Map, Value, json};
use vestibule::{Authority, Identity};

use super::TestUser;
use crate::{
    Error, RelyingParty, SessionError, csrf,
    engine::Engine,
    error::LoginError,
    http::RequestHead,
    session::{self, Grant, Handle, Held, Kept, PublicGrant, Standing, keep_as},
};

/// Equal moments are covered: a session must not begin in the millisecond of a logout that the test has just made.
const AFTER_A_LOGOUT: Duration = Duration::from_millis(2);

/// Signs a user in, without any call to the provider.
///
/// Neither does the relying party's housekeeping call it from then on, so that a test needs no network.
///
/// # Errors
/// Those of a login that the provider has granted: a store that fails, data or a sealed session that is too large. After a
/// logout, `callback.session_revoked` while a clock that the test has set shows the moment of that logout.
pub async fn sign_in(rp: &RelyingParty, user: TestUser) -> Result<SignedIn, Error> {
    let engine = &*rp.0;
    engine.is_maintained.store(true, Ordering::Relaxed);
    match keep(engine, &user).await? {
        Some(signed_in) => Ok(signed_in),
        None => {
            tokio::time::sleep(AFTER_A_LOGOUT).await;
            keep(engine, &user).await?.ok_or_else(|| LoginError::SessionRevoked.into())
        }
    }
}

/// A user who is signed in, as a browser knows it.
#[derive(Clone)]
pub struct SignedIn {
    cookie: String,
    csrf_token: String,
}

impl SignedIn {
    /// What the browser sends in the header `Cookie`.
    pub fn cookie(&self) -> &str {
        &self.cookie
    }

    /// What the application's pages would show to this user, as
    /// [`Session::csrf_token`](crate::Session::csrf_token) does: forms carry it in a field named `csrf`, scripts in
    /// `X-CSRF-Token`.
    pub fn csrf_token(&self) -> &str {
        &self.csrf_token
    }
}

/// `None` when a logout covers what begins now.
async fn keep(engine: &Engine, user: &TestUser) -> Result<Option<SignedIn>, Error> {
    let handle = Handle::generate(engine.random())?;
    let signed_in = describe(engine, user).await?;
    let no_cookies = HeaderMap::new();
    let held = Held::of(engine, &RequestHead::from_parts("GET", "/", None, &no_cookies));
    Ok(match keep_as(engine, &handle, signed_in, None, &held, 0).await? {
        Kept::Session(cookies) => {
            Some(SignedIn { cookie: cookie_header(&cookies), csrf_token: csrf::token(engine, &handle) })
        }
        Kept::Refused => None,
    })
}

async fn describe<'a>(engine: &Engine, user: &'a TestUser) -> Result<session::SignedIn<'a>, Error> {
    let claims = claims(engine, user);
    let standing = Standing { authority: authority(engine, user, &claims), step_ups: 0, confirmed: None };
    let json = serde_json::to_vec(&claims).map_err(|_| SessionError::Data)?;
    let public = PublicGrant::describe(&identity(&claims)?, user.sid.as_deref(), &json, &standing);
    let tokens = user.access_token.as_ref().map(|access_token| Grant {
        access_token: access_token.clone(),
        expires_at: None,
        due_at: None,
        refresh_token: None,
        id_token: None,
    });
    Ok(session::SignedIn {
        public: public.ok_or(SessionError::Data)?,
        tokens,
        began: engine.store.now().await?,
        absolute: engine.lifetimes.absolute,
        data: engine.application.fitting(user.data.clone()?)?,
        user_agent: None,
    })
}

/// What the ID token would say. The user's own claims cannot say who issued it, to whom, and about whom.
fn claims(engine: &Engine, user: &TestUser) -> Map<String, Value> {
    let now = engine.clock().now();
    let mut claims = user.claims.clone();
    claims.entry("auth_time").or_insert_with(|| json!(now));
    claims.insert("iss".to_owned(), json!(engine.realm.issuer()));
    claims.insert("aud".to_owned(), json!(engine.realm.client_id()));
    claims.insert("sub".to_owned(), json!(user.subject));
    claims.insert("iat".to_owned(), json!(now));
    if let Some(sid) = &user.sid {
        claims.insert("sid".to_owned(), json!(sid));
    }
    claims
}

fn identity(claims: &Map<String, Value>) -> Result<Identity, SessionError> {
    let claim = |name| claims.get(name);
    let identity = json!({
        "issuer": claim("iss"),
        "subject": claim("sub"),
        "audience": [claim("aud")],
        "issued_at": claim("iat"),
        "auth_time": claim("auth_time"),
    });
    serde_json::from_value(identity).map_err(|_| SessionError::Data)
}

/// What the claims grant, and what was given beside them.
fn authority(engine: &Engine, user: &TestUser, claims: &Map<String, Value>) -> Authority {
    let mut authority = engine.authority.id_token.read(claims);
    let given = user.authority.clone();
    authority.roles.extend(given.roles);
    authority.permissions.extend(given.permissions);
    authority.organizations.extend(given.organizations);
    authority.scopes = engine.request.asked_scopes().map(str::to_owned).chain(given.scopes).collect();
    authority
}

/// What a browser makes of these `Set-Cookie` values.
fn cookie_header(set_cookies: &[String]) -> String {
    let pairs: Vec<_> = set_cookies.iter().filter_map(|cookie| cookie.split(';').next()).collect();
    pairs.join("; ")
}

impl fmt::Debug for SignedIn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SignedIn(redacted)")
    }
}
