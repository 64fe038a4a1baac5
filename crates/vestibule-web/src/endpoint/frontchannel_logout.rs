use std::sync::Arc;

use http::{StatusCode, header};
use url::Url;
use vestibule::Diagnose;

use crate::{
    engine::Engine,
    error::{Error, LogoutError, problem, respond},
    http::{Parameters, Reply, RequestHead, reply},
    observe::{self, Ending},
    session::{self, Held},
    silent,
    store::{SessionKey, Stamped},
};

/// Ends the session of this browser when the provider shows this page in a frame (OpenID Connect Front-Channel Logout
/// section 3, checklist B32).
///
/// Nothing proves that the provider asks, so that both `iss` and `sid` must be those of the session, and nothing beyond
/// this session ends: no token is revoked at the provider.
pub(super) async fn serve(engine: &Arc<Engine>, head: &RequestHead<'_>, correlation: &str) -> Reply {
    let held = Held::of(engine, head);
    let outcome = end_here(engine, head, &held).await;
    observe::logged_out("frontchannel", &outcome);
    let mut reply = match outcome {
        Ok(ended) => {
            let mut reply = reply::empty(StatusCode::OK);
            if ended.is_some() {
                forget(engine, &held, ended.as_ref(), &mut reply);
                observe::session_ended(Ending::Frontchannel);
            }
            reply
        }
        Err(Error::Logout(error @ LogoutError::Ignored)) => {
            tracing::info!(
                event = "logout.ignored",
                code = error.code(),
                correlation,
                "front-channel logout ignored"
            );
            observe::answered_with(&error);
            problem(StatusCode::BAD_REQUEST, error.code(), &error.to_string(), Some(correlation))
        }
        Err(error) => {
            let mut reply = respond(&error, false, correlation, None);
            if matches!(error, Error::Logout(LogoutError::Unfinished)) {
                let ended = held.handle(engine).map(|handle| handle.key());
                forget(engine, &held, ended.as_ref(), &mut reply);
            }
            reply
        }
    };
    let policy = format!("default-src 'none'; frame-ancestors {}", origin_of(engine.realm.issuer()));
    reply::append(&mut reply, header::CONTENT_SECURITY_POLICY, &policy);
    reply
}

/// Takes the session out of the browser.
fn forget(engine: &Engine, held: &Held, ended: Option<&SessionKey>, reply: &mut Reply) {
    for cookie in held.removal(engine, ended) {
        reply::append(reply, header::SET_COOKIE, &cookie);
    }
    silent::remember(engine, reply);
}

/// Which session was ended, if there was one.
async fn end_here(engine: &Engine, head: &RequestHead<'_>, held: &Held) -> Result<Option<SessionKey>, Error> {
    let parameters = Parameters::of_query(head);
    let (Some(issuer), Some(sid)) = (parameters.only("iss"), parameters.only("sid")) else {
        return Err(LogoutError::Ignored.into());
    };
    if issuer != engine.realm.issuer() {
        return Err(LogoutError::Ignored.into());
    }
    let Some(Stamped { reply: record, .. }) = held.peek(engine).await? else { return Ok(None) };
    if !session::is_of_sid(engine, &record, sid) {
        return Err(LogoutError::Ignored.into());
    }
    session::end(engine, &record.key).await?;
    Ok(Some(record.key))
}

fn origin_of(issuer: &str) -> String {
    Url::parse(issuer).map_or_else(|_| "'none'".to_owned(), |url| url.origin().ascii_serialization())
}
