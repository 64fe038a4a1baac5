use std::sync::Arc;

use vestibule::RawIdToken;

use super::{Handle, Visitor, grant, sealed::Presented, visit};
use crate::{
    SessionError,
    engine::Engine,
    error::{Error, LogoutError},
    http::RequestHead,
    revocation_queue::Asked,
    store::{Load, Revocation, Scope, SessionKey, SessionRecord, Stamped, StoreError, StoreTime},
};

/// What a request brings of its browser's session, before anybody has asked whether that is alive.
#[derive(Debug)]
pub(crate) enum Held {
    /// The handle of a session that a store keeps, or nothing.
    Handle(Option<Handle>),
    /// The cookies of a session that is sealed in them.
    Sealed(Presented),
}

impl Held {
    pub(crate) fn of(engine: &Engine, head: &RequestHead<'_>) -> Self {
        match &engine.sealed {
            Some(_) => Self::Sealed(Presented::read(&engine.names, head)),
            None => Self::Handle(Handle::from_cookie(engine, head)),
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        match self {
            Self::Handle(handle) => handle.is_none(),
            Self::Sealed(presented) => presented.is_empty(),
        }
    }

    /// From which version on a sealed session is above those that are held.
    pub(crate) fn next_version(&self) -> u32 {
        match self {
            Self::Handle(_) => 0,
            Self::Sealed(presented) => u32::try_from(presented.next_version()).unwrap_or_default(),
        }
    }

    /// The session's handle, whether or not it is alive.
    pub(crate) fn handle(&self, engine: &Engine) -> Option<Handle> {
        match (self, &engine.sealed) {
            (Self::Handle(handle), _) => handle.clone(),
            (Self::Sealed(presented), Some(sealed)) => presented.handle(engine, sealed),
            (Self::Sealed(_), None) => None,
        }
    }

    /// The ID token that a sealed session has inside.
    pub(crate) fn id_token(&self, engine: &Engine) -> Option<RawIdToken> {
        match (self, &engine.sealed) {
            (Self::Sealed(presented), Some(sealed)) => presented.id_token(engine, sealed),
            _ => None,
        }
    }

    /// Whose session it is, if it is alive.
    pub(crate) async fn load(&self, engine: &Arc<Engine>) -> Result<Visitor, SessionError> {
        match (self, &engine.sealed) {
            (Self::Handle(Some(handle)), _) => visit::load(engine, handle).await,
            (Self::Sealed(presented), Some(sealed)) if !presented.is_empty() => {
                presented.load(engine, sealed).await
            }
            _ => Ok(Visitor::Anonymous),
        }
    }

    /// The record of the session, if it is alive. Looking is no use of it.
    pub(crate) async fn peek(
        &self,
        engine: &Engine,
    ) -> Result<Option<Stamped<Arc<SessionRecord>>>, StoreError> {
        match (self, &engine.sealed) {
            (Self::Handle(Some(handle)), _) => {
                let loaded = engine.store.load(&handle.key()).await?;
                Ok(match loaded.reply {
                    Load::Live(reply) => Some(Stamped { at: loaded.at, reply }),
                    Load::Gone(_) | Load::Absent => None,
                })
            }
            (Self::Sealed(presented), Some(sealed)) => presented.peek(engine, sealed).await,
            _ => Ok(None),
        }
    }

    /// The `Set-Cookie` values that take the session out of the browser. `ended` is its key, where it is known.
    pub(crate) fn removal(&self, engine: &Engine, ended: Option<&SessionKey>) -> Vec<String> {
        match self {
            Self::Handle(_) => vec![engine.no_session_cookie()],
            Self::Sealed(presented) => presented.removal(engine, ended),
        }
    }
}

/// A session whose end the store did not take.
#[derive(Debug)]
pub(crate) struct NotEnded {
    pub(crate) error: StoreError,
    /// It has ended on this node all the same, and the store will be told.
    pub(crate) waits: bool,
}

impl From<NotEnded> for Error {
    fn from(NotEnded { error, waits }: NotEnded) -> Self {
        if waits { LogoutError::Unfinished.into() } else { error.into() }
    }
}

impl From<NotEnded> for SessionError {
    fn from(NotEnded { error, .. }: NotEnded) -> Self {
        error.into()
    }
}

/// Ends one session for good, as far as anybody remembers it.
pub(crate) async fn end(engine: &Engine, key: &SessionKey) -> Result<(), NotEnded> {
    let heard = engine.store.latest();
    match end_in_store(engine, key).await {
        Ok(()) => Ok(()),
        Err(error) => Err(keep_end(engine, key, heard, error).await),
    }
}

/// As [`end`], or not at all.
pub(super) async fn end_in_store(engine: &Engine, key: &SessionKey) -> Result<(), StoreError> {
    match &engine.sealed {
        None => engine.store.end(key).await.map(drop),
        Some(sealed) if sealed.hears_logouts => {
            let scopes = vec![engine.realm.session(key)];
            engine.store.revoke(Revocation { scopes, heard: None, logout: None, spare: None }).await.map(drop)
        }
        // Its cookies are all that there is of it.
        Some(_) => Ok(()),
    }
}

/// Ends all sessions that listen to one of these scopes, but one.
pub(crate) async fn revoke(
    engine: &Engine,
    scopes: Vec<Scope>,
    spare: Option<SessionKey>,
) -> Result<(), NotEnded> {
    let heard = engine.store.latest();
    let revocation = Revocation { scopes: scopes.clone(), heard: None, logout: None, spare };
    match engine.store.revoke(revocation).await {
        Ok(_) => Ok(()),
        Err(error) => Err(keep(engine, scopes, spare, heard, error).await),
    }
}

/// Lets the end of one session wait that the store could not be asked for.
pub(crate) async fn keep_end(
    engine: &Engine,
    key: &SessionKey,
    heard: Option<StoreTime>,
    error: StoreError,
) -> NotEnded {
    keep(engine, vec![engine.realm.session(key)], None, heard, error).await
}

async fn keep(
    engine: &Engine,
    scopes: Vec<Scope>,
    spare: Option<SessionKey>,
    heard: Option<StoreTime>,
    error: StoreError,
) -> NotEnded {
    let revocation = Revocation { scopes, heard, logout: None, spare };
    let waits = engine.keep_revocation(revocation, &error, Asked::Maybe).await;
    NotEnded { error, waits }
}

/// Whether a session is of this session at the provider.
pub(crate) fn is_of_sid(engine: &Engine, record: &SessionRecord, sid: &str) -> bool {
    record.scopes.contains(&engine.realm.sid(sid))
        || grant::public(&record.grant).is_some_and(|public| public.sid() == Some(sid))
}
