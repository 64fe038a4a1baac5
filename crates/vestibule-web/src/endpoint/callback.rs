use std::{future::Future, sync::Arc, time::Duration};

use bytes::Bytes;
use http::{HeaderValue, StatusCode, header};
use vestibule::{Callback, CallbackError, Diagnose, Login, RevocableToken};

use super::{Start, form_body::read_form, start_login};
use crate::{
    challenge::login_url,
    engine::Engine,
    error::{Error, GuardError, LoginError, respond},
    http::{BodyFault, Reply, RequestHead, is_form, is_page_load, reply},
    observe::{LoginEnd, login_ended},
    pending::Pending,
    return_to::ReturnTo,
    session::{self, Before, Held, Kept, NewLogin, Standing},
    settings::LoginAttempt,
    store::{Scope, SessionKey, StoreTime},
};

/// Equal moments are covered: a fresh login must not begin in the logout's own millisecond.
const AFTER_A_LOGOUT: Duration = Duration::from_millis(2);

/// The longest answer that comes as a form (checklist C15).
const BODY: usize = 64 * 1024;

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
    let callback = match read(engine, head, body).await {
        Ok(callback) => callback,
        Err(error) => return failed(engine, head, &error, &ReturnTo::home(), correlation),
    };
    let pending = match find_pending(engine, head, &callback).await {
        Ok(pending) => pending,
        // The pending login, if there is one, stays usable: this answer was not to it (checklist C09).
        Err(error) => return failed(engine, head, &error, &ReturnTo::home(), correlation),
    };
    let (return_to, forget) =
        (pending.return_to.clone(), engine.pending().forget(pending.login.state().expose()));
    let (silent, is_step_up) = (pending.silent, pending.subject.is_some());
    let mut reply = match complete(engine, head, &callback, pending).await {
        Ok(reply) => reply,
        Err(error) if silent => {
            login_ended(LoginEnd::Nobody(&error));
            reply::see_other(return_to.as_str())
        }
        // The page knows what it needs; an ordinary login would not bring it.
        Err(error) if is_step_up => refuse(head, &error, return_to.as_str(), correlation),
        Err(error) => failed(engine, head, &error, &return_to, correlation),
    };
    reply::append(&mut reply, header::SET_COOKIE, &forget);
    reply
}

/// Answers a callback by a method that belongs to another response mode (checklist C15). It is not read.
pub(super) fn wrong_method(
    engine: &Engine,
    head: &RequestHead<'_>,
    allow: &'static str,
    correlation: &str,
) -> Reply {
    let error = Error::from_callback(CallbackError::WrongMode);
    let mut reply = failed(engine, head, &error, &ReturnTo::home(), correlation);
    *reply.status_mut() = StatusCode::METHOD_NOT_ALLOWED;
    reply.headers_mut().insert(header::ALLOW, HeaderValue::from_static(allow));
    reply
}

async fn read<B, F>(engine: &Engine, head: &RequestHead<'_>, body: B) -> Result<Callback, Error>
where
    B: FnOnce(usize) -> F,
    F: Future<Output = Result<Bytes, BodyFault>>,
{
    if !engine.request.is_form_post() {
        return Callback::parse(head.query.unwrap_or_default()).map_err(Error::from_callback);
    }
    let wrong_mode = || Error::from_callback(CallbackError::WrongMode);
    if !is_form(head) {
        return Err(wrong_mode());
    }
    let body = read_form(body, BODY).await.map_err(|_| wrong_mode())?;
    Callback::parse_form(&body).map_err(Error::from_callback)
}

fn failed(
    engine: &Engine,
    head: &RequestHead<'_>,
    error: &Error,
    return_to: &ReturnTo,
    correlation: &str,
) -> Reply {
    refuse(head, error, &login_url(engine, return_to), correlation)
}

fn refuse(head: &RequestHead<'_>, error: &Error, start_again: &str, correlation: &str) -> Reply {
    login_ended(LoginEnd::Failed(error));
    respond(error, is_page_load(head), correlation, Some(start_again))
}

async fn find_pending(
    engine: &Engine,
    head: &RequestHead<'_>,
    callback: &Callback,
) -> Result<Pending, Error> {
    let state = callback.state().map(|state| state.expose()).unwrap_or_default();
    if !has_the_shape_of_ours(state) {
        return Err(Error::from_callback(CallbackError::StateInvalid));
    }
    let now = engine.store.now().await?;
    engine.pending().find(head, state, now).map_err(|unusable| {
        // A callback opened again has no cookie either, and says nothing about another browser (checklist C12).
        let over = unusable || engine.spent_states.contains(state);
        Error::from_callback(if over { CallbackError::StateInvalid } else { CallbackError::StateUnbound })
    })
}

fn has_the_shape_of_ours(state: &str) -> bool {
    state.len() == 43
        && state.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_')
}

async fn complete(
    engine: &Arc<Engine>,
    head: &RequestHead<'_>,
    callback: &Callback,
    pending: Pending,
) -> Result<Reply, Error> {
    let Pending { login, began, return_to, initiation, restarts, silent, replaces, version, subject } =
        pending;
    if !engine.spent_states.take(login.state(), engine.clock().monotonic()) {
        // A double click: the first one brings the session, this one only goes on.
        login_ended(LoginEnd::Repeated);
        return Ok(reply::see_other(return_to.as_str()));
    }
    let login = match engine.client.complete_login(login, callback).await {
        Err(error) if subject.is_some() && error.code() == "id_token.auth_insufficient" => {
            return Err(GuardError::StepUpFailed.into());
        }
        outcome => outcome?,
    };
    match keep(engine, head, &login, &Started { began, replaces, version, subject }).await {
        Ok(Kept::Session(cookies)) => {
            login_ended(LoginEnd::Completed { has_sid: login.id_token.sid().is_some() });
            let mut reply = reply::see_other(return_to.as_str());
            for cookie in cookies {
                reply::append(&mut reply, header::SET_COOKIE, &cookie);
            }
            Ok(reply)
        }
        Ok(Kept::Refused) => {
            drop_grant(engine, &login).await;
            if restarts == 0 && !silent {
                login_ended(LoginEnd::Overtaken);
                tokio::time::sleep(AFTER_A_LOGOUT).await;
                let request = initiation.request(&engine.request).unwrap_or_else(|| engine.request.clone());
                let start = Start::new(engine, return_to);
                start_login(engine, head, Start { request: &request, initiation, restarts: 1, ..start }).await
            } else {
                Err(LoginError::SessionRevoked.into())
            }
        }
        Err(error) => {
            drop_grant(engine, &login).await;
            Err(error)
        }
    }
}

/// What the start of a login says about the session that it becomes.
struct Started {
    began: StoreTime,
    replaces: Option<SessionKey>,
    version: u32,
    subject: Option<Scope>,
}

/// Makes a session of a login. One that confirms a user must be that user's.
async fn keep(
    engine: &Arc<Engine>,
    head: &RequestHead<'_>,
    login: &Login,
    started: &Started,
) -> Result<Kept, Error> {
    let Started { began, replaces, version, subject } = *started;
    if subject.is_some_and(|subject| subject != engine.realm.subject(login.id_token.subject())) {
        return Err(LoginError::SubjectChanged.into());
    }
    let user_agent = head.header("user-agent");
    let attempt = || LoginAttempt {
        id_token: login.id_token.clone(),
        access_token: login.tokens.access_token.clone(),
        user_agent: user_agent.map(str::to_owned),
    };
    let mut data = engine.application.judge(attempt).await?;
    let mut standing = Standing::of_login(engine, login).await?;
    if let Some(subject) = subject {
        let before = Before::find(engine, head, replaces, &subject).await?;
        standing = standing.stepped_up(login, before.as_ref());
        data = before.map_or(data, |before| before.data);
    }
    let new = NewLogin { login, began, data, standing, user_agent, replaces, version };
    session::keep(engine, &new, &Held::of(engine, head)).await
}

/// Gives back a grant that became no session. Its failure changes nothing here.
async fn drop_grant(engine: &Engine, login: &Login) {
    if let Some(refresh_token) = &login.tokens.refresh_token
        && let Err(error) = engine.client.revoke(RevocableToken::Refresh(refresh_token)).await
    {
        tracing::warn!(event = "login.grant_kept", code = error.code(), "an unused grant was not revoked");
    }
}
