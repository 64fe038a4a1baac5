use std::time::Duration;

use bytes::Bytes;
use vestibule::{IdToken, JwtError, Login, ProviderTime, TokenError};

use super::{Grant, Handle, Held, PublicGrant, Standing, grant};
use crate::{
    engine::Engine,
    error::{Error, SessionError},
    store::{GoneReason, Insert, NewSession, PublicId, Realm, Scope, SessionKey, StoreTime},
};

/// A login that is about to become a session.
pub(crate) struct NewLogin<'a> {
    pub(crate) login: &'a Login,
    pub(crate) began: StoreTime,
    pub(crate) data: Bytes,
    pub(crate) standing: Standing,
    pub(crate) user_agent: Option<&'a str>,
    /// The session that it replaces, where the browser cannot tell with the answer.
    pub(crate) replaces: Option<SessionKey>,
    /// The least version of a sealed session, where the browser cannot tell with the answer.
    pub(crate) version: u32,
}

/// What became of a login.
pub(crate) enum Kept {
    /// A session, which these `Set-Cookie` values hand to the browser.
    Session(Vec<String>),
    /// Nothing: a logout that was heard after the login began covers it.
    Refused,
}

/// Who is signed in from now on.
pub(crate) struct SignedIn<'a> {
    pub(crate) public: PublicGrant,
    /// What came with it to call APIs; a sealed session keeps the ID token at most.
    pub(crate) tokens: Option<Grant>,
    pub(crate) began: StoreTime,
    pub(crate) absolute: Duration,
    pub(crate) data: Bytes,
    pub(crate) user_agent: Option<&'a str>,
}

/// Makes a session of a login, in place of the one that the browser holds.
pub(crate) async fn keep(engine: &Engine, new: &NewLogin<'_>, held: &Held) -> Result<Kept, Error> {
    let id_token = &new.login.id_token;
    let signed_in = SignedIn {
        public: PublicGrant::of(id_token, &new.standing).ok_or(vestibule::RandomError)?,
        tokens: Some(Grant::from_response(&new.login.tokens, None, engine.clock().now())),
        began: new.began,
        absolute: absolute_lifetime(engine, id_token)?,
        data: new.data.clone(),
        user_agent: new.user_agent,
    };
    let handle = Handle::generate(engine.random())?;
    let ends = held.handle(engine).map(|old| old.key()).or(new.replaces);
    keep_as(engine, &handle, signed_in, ends, held, new.version).await
}

/// Makes a session that browsers name by this handle.
pub(crate) async fn keep_as(
    engine: &Engine,
    handle: &Handle,
    signed_in: SignedIn<'_>,
    ends: Option<SessionKey>,
    held: &Held,
    version: u32,
) -> Result<Kept, Error> {
    let session = signed_in.into_session(engine, handle)?;
    match (&engine.sealed, held) {
        (Some(sealed), Held::Sealed(held)) => sealed.keep(engine, handle, session, ends, held, version).await,
        _ => store(engine, handle, session, ends).await,
    }
}

async fn store(
    engine: &Engine,
    handle: &Handle,
    session: NewSession,
    ends: Option<SessionKey>,
) -> Result<Kept, Error> {
    match engine.store.insert(session, ends).await {
        Ok(inserted) => match inserted.reply {
            Insert::Stored(_) => Ok(Kept::Session(vec![engine.session_cookie(handle.expose())])),
            Insert::Refused => Ok(Kept::Refused),
            Insert::Occupied => Err(vestibule::RandomError.into()),
        },
        Err(error) => {
            // Whether it was stored is unknown; without its cookie nobody could ever end it.
            let _ = engine.store.end(&handle.key()).await;
            Err(error.into())
        }
    }
}

impl SignedIn<'_> {
    fn into_session(self, engine: &Engine, handle: &Handle) -> Result<NewSession, Error> {
        let Self { public, tokens, .. } = self;
        let key = handle.key();
        let subject = engine.realm.subject(public.subject());
        let (grant, refresh) = match tokens {
            Some(tokens) if engine.sealed.is_none() => {
                (tokens.seal(engine, &key, &public)?, tokens.refresh_hash())
            }
            tokens => {
                let id_token = tokens.and_then(|tokens| tokens.id_token);
                let kept = id_token.filter(|_| engine.logins.keep_id_token);
                (grant::identity_alone(&public, kept.as_ref()), None)
            }
        };
        // Nobody could ask the provider about it.
        let unconfirmed = engine.revalidation.as_ref().filter(|_| refresh.is_none());
        let absolute = unconfirmed
            .map_or(self.absolute, |revalidation| self.absolute.min(revalidation.longest_unconfirmed()));
        let label: String = self.user_agent.unwrap_or_default().chars().take(256).collect();
        Ok(NewSession {
            key,
            public_id: PublicId::from_bytes(engine.random_bytes()?),
            subject,
            scopes: listens_to(&engine.realm, &key, subject, public.subject(), public.sid()),
            began: self.began,
            idle: engine.lifetimes.idle,
            absolute,
            label: label.into(),
            refresh,
            grant,
            data: self.data,
        })
    }
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
pub(super) fn listens_to(
    realm: &Realm,
    key: &SessionKey,
    subject: Scope,
    sub: &str,
    sid: Option<&str>,
) -> Vec<Scope> {
    let mut scopes = Vec::with_capacity(6);
    scopes.extend([realm.everything(), realm.session(key), subject, realm.others_of_subject(sub)]);
    match sid {
        Some(sid) => scopes.extend(sid_scopes(realm, sid, sub)),
        None => scopes.push(realm.subject_without_sid(sub)),
    }
    scopes
}

/// What a session listens to for one `sid` that it knows.
pub(super) fn sid_scopes(realm: &Realm, sid: &str, sub: &str) -> [Scope; 2] {
    [realm.sid(sid), realm.sid_of_subject(sid, sub)]
}
