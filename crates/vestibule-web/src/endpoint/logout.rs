use std::{future::Future, sync::Arc};

use bytes::Bytes;
use http::header;
use vestibule::{EndSession, RawIdToken, RevocableToken, State};

use super::{Endpoint, form_body::read_form, logged_out::HERE_ALONE};
use crate::{
    cookie::SetCookie,
    csrf,
    engine::Engine,
    error::{Error, LogoutError, respond},
    http::{BodyFault, Reply, RequestHead, is_page_load, reply},
    observe::{self, Ending},
    session::{self, Grant, Held},
    silent,
    store::{Load, SessionKey},
    to_the_end::to_the_end,
};

const BODY: usize = 16 * 1024;

/// Logs the user out: here first, then at the provider, which tells every other application (checklist B31).
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
    let held = Held::of(engine, head);
    let outcome = log_out(engine, head, body, &held).await;
    observe::logged_out("here", &outcome);
    let (reply, key) = match outcome {
        Ok((reply, key)) => (reply, key),
        Err(error) => {
            let reply = respond(&error, is_page_load(head), correlation, None);
            match error {
                // Nobody is told that it worked; this browser is signed out all the same.
                Error::Logout(LogoutError::Unfinished) => {
                    (reply, held.handle(engine).map(|handle| handle.key()))
                }
                _ => return reply,
            }
        }
    };
    silent::after_logout(engine, with_cookies(reply, &held.removal(engine, key.as_ref())))
}

/// The answer, and which session ended if there was one.
async fn log_out<B, F>(
    engine: &Arc<Engine>,
    head: &RequestHead<'_>,
    body: B,
    held: &Held,
) -> Result<(Reply, Option<SessionKey>), Error>
where
    B: FnOnce(usize) -> F,
    F: Future<Output = Result<Bytes, BodyFault>>,
{
    if !csrf::is_same_origin(engine, head) {
        return Err(LogoutError::Forged.into());
    }
    let Some(handle) = held.handle(engine) else {
        return Ok((logged_out_here_alone(engine), None));
    };
    let body = read_form(body, BODY).await?;
    if !csrf::accepts(engine, head, &body, &handle) {
        return Err(LogoutError::Forged.into());
    }
    let key = handle.key();
    let grant = to_the_end(end_here(Arc::clone(engine), key)).await?;
    Ok((leave_the_provider(engine, grant, held.id_token(engine)).await, Some(key)))
}

/// Ends the session, and returns the tokens that it had.
async fn end_here(engine: Arc<Engine>, key: SessionKey) -> Result<Option<Grant>, Error> {
    let heard = engine.store.latest();
    let grant = match &engine.sealed {
        None => match engine.store.load(&key).await.map(|loaded| loaded.reply) {
            Ok(Load::Live(record)) => Grant::open(&engine, &record),
            Ok(Load::Gone(_) | Load::Absent) => None,
            Err(error) => return Err(session::keep_end(&engine, &key, heard, error).await.into()),
        },
        Some(_) => None,
    };
    session::end(&engine, &key).await?;
    observe::session_ended(Ending::Logout);
    Ok(grant)
}

/// Goes on to the provider's logout. When that is out of reach the user is out here all the same.
async fn leave_the_provider(engine: &Engine, grant: Option<Grant>, sealed: Option<RawIdToken>) -> Reply {
    let stored = || grant.as_ref()?.id_token.as_ref().map(|id_token| RawIdToken::new(id_token.expose()));
    match end_session_url(engine, sealed.or_else(stored)).await {
        Ok((url, state)) => {
            let cookie = SetCookie {
                name: &engine.names.logout,
                value: state.expose(),
                max_age: 600,
                secure: engine.secure,
            };
            with_cookies(reply::see_other(&url), &[cookie.to_header()])
        }
        Err(error) => {
            tracing::warn!(
                event = "logout.here_alone",
                code = vestibule::Diagnose::code(&error),
                "logged out here, but not at the provider"
            );
            if let Some(refresh_token) = grant.and_then(|grant| grant.refresh_token) {
                let client = engine.client.clone();
                // Best effort, and not for the user to wait for: the grant ends by itself at its expiry.
                tokio::spawn(async move { client.revoke(RevocableToken::Refresh(&refresh_token)).await });
            }
            logged_out_here_alone(engine)
        }
    }
}

fn logged_out_here_alone(engine: &Engine) -> Reply {
    reply::see_other(&format!("{}?{HERE_ALONE}", engine.path_of(Endpoint::LoggedOut)))
}

async fn end_session_url(
    engine: &Engine,
    id_token: Option<RawIdToken>,
) -> Result<(String, State), vestibule::Error> {
    let state = State::new(session::random_text(engine.random())?);
    let mut end = EndSession::new().return_to(engine.post_logout_redirect_uri.clone(), Some(state.clone()));
    if let Some(id_token) = id_token {
        end = end.id_token_hint(id_token);
    }
    Ok((engine.client.end_session_url(&end).await?.into(), state))
}

fn with_cookies(mut reply: Reply, cookies: &[String]) -> Reply {
    for cookie in cookies {
        reply::append(&mut reply, header::SET_COOKIE, cookie);
    }
    reply
}
