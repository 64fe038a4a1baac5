use std::time::Duration;

use bytes::Bytes;
use vestibule::{IdToken, JwtError, Login, ProviderTime, TokenError};

use super::{Grant, Handle, PublicGrant, Standing};
use crate::{
    engine::Engine,
    error::{Error, SessionError},
    store::{GoneReason, NewSession, PublicId, Realm, Scope, SessionKey, StoreTime},
};

/// A login that is about to become a session.
pub(crate) struct NewLogin<'a> {
    pub(crate) login: &'a Login,
    pub(crate) began: StoreTime,
    pub(crate) data: Bytes,
    pub(crate) standing: Standing,
    pub(crate) user_agent: Option<&'a str>,
}

pub(crate) fn new_session(engine: &Engine, handle: &Handle, new: &NewLogin<'_>) -> Result<NewSession, Error> {
    let id_token = &new.login.id_token;
    let key = handle.key();
    let grant = Grant::from_response(&new.login.tokens, None);
    let public = PublicGrant::of(id_token, &new.standing).ok_or(vestibule::RandomError)?;
    let label: String = new.user_agent.unwrap_or_default().chars().take(256).collect();
    Ok(NewSession {
        key,
        public_id: PublicId::from_bytes(engine.random_bytes()?),
        subject: engine.realm.subject(id_token.subject()),
        scopes: listens_to(&engine.realm, &key, id_token),
        began: new.began,
        idle: engine.lifetimes.idle,
        absolute: absolute_lifetime(engine, id_token)?,
        label: label.into(),
        refresh: grant.refresh_hash(),
        grant: grant.seal(engine, &key, &public)?,
        data: new.data.clone(),
    })
}

/// The application's own limit, or the provider's `session_expiry` if that comes first (checklist D10).
fn absolute_lifetime(engine: &Engine, id_token: &IdToken) -> Result<Duration, Error> {
    let Some(end) = session_expiry(id_token).map_err(vestibule::Error::from)? else {
        return Ok(engine.lifetimes.absolute);
    };
    let left = end.since(engine.clock().now());
    if left.is_zero() {
        Err(SessionError::Gone(Some(GoneReason::Expired)).into())
    } else {
        Ok(left.min(engine.lifetimes.absolute))
    }
}

/// A `NumericDate` (RFC 7519 section 2). Whatever else is there is an error, never an absent claim.
fn session_expiry(id_token: &IdToken) -> Result<Option<ProviderTime>, TokenError> {
    const CLAIM: &str = "session_expiry";
    let Some(claim) = id_token.claim(CLAIM) else { return Ok(None) };
    let seconds = claim.as_f64().ok_or(JwtError::ClaimType { claim: CLAIM })?;
    // A moment before 1970 is 1970.
    Ok(Some(ProviderTime::from_secs(seconds as u64)))
}

/// What a session listens to. Issuer and client are in every scope.
fn listens_to(realm: &Realm, key: &SessionKey, id_token: &IdToken) -> Vec<Scope> {
    let sub = id_token.subject();
    let mut scopes =
        vec![realm.everything(), realm.session(key), realm.subject(sub), realm.others_of_subject(sub)];
    match id_token.sid() {
        Some(sid) => scopes.extend(sid_scopes(realm, sid, sub)),
        None => scopes.push(realm.subject_without_sid(sub)),
    }
    scopes
}

/// What a session listens to for one `sid` that it knows.
pub(super) fn sid_scopes(realm: &Realm, sid: &str, sub: &str) -> [Scope; 2] {
    [realm.sid(sid), realm.sid_of_subject(sid, sub)]
}
