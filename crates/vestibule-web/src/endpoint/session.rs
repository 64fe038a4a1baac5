use std::sync::Arc;

use http::StatusCode;
use serde_json::{Map, Value, json};

use super::Endpoint;
use crate::{
    Session, SessionError, csrf,
    engine::Engine,
    error::Error,
    http::{Reply, RequestHead, reply},
    session::{Held, confirm},
    store::StoreTime,
};

/// Tells a front end who is signed in (RFC 10017: a backend for a front end). Never a token.
///
/// Looking is no use of the session: a page that asks every minute keeps nobody signed in.
pub(super) async fn serve(engine: &Arc<Engine>, head: &RequestHead<'_>) -> Result<Reply, Error> {
    if !csrf::is_call_of_our_page(engine, head) {
        return Err(SessionError::Forged.into());
    }
    let held = Held::of(engine, head);
    let described = match (held.peek(engine).await?, held.handle(engine)) {
        (Some(found), Some(handle)) => confirm(engine, found.reply, found.at)
            .await?
            .and_then(|record| Session::new(engine, &handle, record, None))
            .map(|session| describe(engine, &session, found.at)),
        _ => None,
    };
    let body =
        described.unwrap_or_else(|| json!({ "signed_in": false, "login": engine.path_of(Endpoint::Login) }));
    Ok(reply::json(StatusCode::OK, "application/json", &body))
}

fn describe(engine: &Engine, session: &Session, now: StoreTime) -> Value {
    let claims = session.claims::<Map<String, Value>>().unwrap_or_default();
    let shown: Map<_, _> =
        claims.into_iter().filter(|(name, _)| engine.session_claims.contains(name)).collect();
    let authority = session.authority();
    let (idle_end, absolute_end) = session.ends();
    json!({
        "signed_in": true,
        "iss": session.issuer(),
        "sub": session.subject(),
        "claims": shown,
        "roles": authority.roles,
        "permissions": authority.permissions,
        "scopes": authority.scopes,
        "organizations": authority.organizations,
        "csrf_token": session.csrf_token(),
        "logout": session.logout_path(),
        "idle_seconds_left": idle_end.since(now).as_secs(),
        "seconds_left": absolute_end.since(now).as_secs(),
    })
}
