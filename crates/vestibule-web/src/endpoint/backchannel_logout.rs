use std::{future::Future, sync::Arc};

use bytes::Bytes;
use http::StatusCode;
use serde_json::json;
use vestibule::{Diagnose, LogoutToken};

use super::form_body::read_form;
use crate::{
    engine::Engine,
    error::{Error, LogoutError},
    http::{BodyFault, Parameters, Reply, RequestHead, is_form, reply},
    observe,
    revocation_queue::{Asked, Queued},
    settings::LogoutScope,
    store::{Heard, Realm, Revocation, Revoke, Scope, Stamped, StoreTime},
    to_the_end::to_the_end,
};

const BODY: usize = 32 * 1024;

/// Hears that a user logged out elsewhere (OpenID Connect Back-Channel Logout section 2.5).
///
/// 200 says one thing only: every session that the token names is refused from now on. Everything else is 400, also where
/// the store did not take the logout, which waits then and is in effect here (BM08). The request's own cookies are not
/// looked at (checklist B28).
pub(super) async fn serve<B, F>(
    engine: &Arc<Engine>,
    head: &RequestHead<'_>,
    body: B,
    correlation: &str,
) -> Reply
where
    B: FnOnce(usize) -> F,
    F: Future<Output = Result<Bytes, BodyFault>>,
{
    let outcome = hear(engine, head, body).await;
    observe::logout_token(&outcome);
    match outcome {
        Ok(()) => reply::empty(StatusCode::OK),
        Err(error) => refusal(&error, correlation),
    }
}

async fn hear<B, F>(engine: &Arc<Engine>, head: &RequestHead<'_>, body: B) -> Result<(), Error>
where
    B: FnOnce(usize) -> F,
    F: Future<Output = Result<Bytes, BodyFault>>,
{
    let raw = read_token(head, body).await?;
    let engine = Arc::clone(engine);
    // Providers hang up early, and few try again: keys may have to be fetched, and stores may be slow.
    to_the_end(async move { carry_out(&engine, &raw).await }).await
}

async fn carry_out(engine: &Engine, raw: &str) -> Result<(), Error> {
    // The moment heard is fixed before anything that can take long.
    let heard = engine.store.hear().await;
    let token = engine.client.verify_logout_token(raw).await?;
    let scopes = struck_by(&engine.realm, &token, engine.logout_scope);
    let logout = engine.realm.logout_id(token.jwt_id());
    let first_heard = engine.store.queue.first_heard(&logout);
    let (heard, kept) = match heard {
        Heard::At(now) => {
            let heard = first_heard.unwrap_or(now);
            let is_retry = first_heard.is_some();
            (
                heard,
                revoke(engine, Queued { scopes, heard, logout: Some(logout), spare: None }, is_retry).await?,
            )
        }
        // A store that does not tell the time takes no logout either.
        Heard::Untold(latest, error) => {
            let heard = first_heard.or(latest);
            let revocation = Revocation { scopes, heard, logout: Some(logout), spare: None };
            engine.keep_revocation(revocation, &error, Asked::Never).await;
            return Err(error.into());
        }
    };
    observe::logout_heard(&token, heard, kept);
    Ok(())
}

/// When the store had it.
async fn revoke(engine: &Engine, logout: Queued, is_retry: bool) -> Result<StoreTime, Error> {
    match engine.store.revoke(logout.to_revocation()).await {
        // Spent by the first try, whose reply was lost or came late: that one did it.
        Ok(Stamped { reply: Revoke::Replayed, .. }) if !is_retry => Err(LogoutError::Replayed.into()),
        Ok(Stamped { at, reply: Revoke::Revoked { .. } | Revoke::Replayed }) => {
            engine.store.queue.confirm(&logout, engine.clock().monotonic()).await;
            Ok(at)
        }
        Err(error) => {
            engine.keep_revocation(logout.to_revocation(), &error, Asked::Maybe).await;
            Err(error.into())
        }
    }
}

async fn read_token<B, F>(head: &RequestHead<'_>, body: B) -> Result<String, LogoutError>
where
    B: FnOnce(usize) -> F,
    F: Future<Output = Result<Bytes, BodyFault>>,
{
    if !is_form(head) {
        return Err(LogoutError::ContentType);
    }
    let body = read_form(body, BODY).await?;
    let form = std::str::from_utf8(&body).map_err(|_| LogoutError::Parameter)?;
    let form = Parameters::parse(form).ok_or(LogoutError::Parameter)?;
    let token = form.only("logout_token").filter(|token| !token.is_empty());
    token.map(str::to_owned).ok_or(LogoutError::Parameter)
}

/// Whom a logout token strikes. A `sid` that comes with another user's `sub` strikes nobody.
fn struck_by(realm: &Realm, token: &LogoutToken, scope: LogoutScope) -> Vec<Scope> {
    match (token.sid(), token.subject()) {
        (Some(_), Some(sub)) if scope == LogoutScope::AllForSubject => vec![realm.subject(sub)],
        (Some(sid), Some(sub)) => vec![realm.sid_of_subject(sid, sub), realm.subject_without_sid(sub)],
        (Some(sid), None) => vec![realm.sid(sid)],
        (None, Some(sub)) => vec![realm.subject(sub)],
        (None, None) => Vec::new(),
    }
}

/// 400 for whatever failed, in coarse words (Back-Channel Logout section 2.8).
fn refusal(error: &Error, correlation: &str) -> Reply {
    tracing::warn!(event = "logout.refused", code = error.code(), correlation, "logout token refused");
    observe::answered_with(error);
    let (code, description) = match error {
        Error::Store(_) => ("temporarily_unavailable", "the logout could not be carried out"),
        Error::Provider(error) if error.disposition() == vestibule::Disposition::Retry => {
            ("temporarily_unavailable", "the logout token could not be checked")
        }
        _ => ("invalid_request", "the logout token was refused"),
    };
    reply::json(
        StatusCode::BAD_REQUEST,
        "application/json",
        &json!({ "error": code, "error_description": description, "code": error.code(), "correlation": correlation }),
    )
}
