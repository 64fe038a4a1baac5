//! Sessions as applications see them.

mod access_token;
mod before;
mod data;
mod ended;
mod flights;
mod grant;
mod handle;
mod held;
mod new_session;
mod others;
mod public_grant;
mod refresh;
mod require;
mod revalidation;
mod sealed;
mod standing;
mod visit;

use std::{
    fmt,
    sync::{Arc, OnceLock, PoisonError, RwLock},
    time::Duration,
};

pub(crate) use before::Before;
pub use data::SessionData;
pub(crate) use ended::Watchers;
pub(crate) use flights::Flights;
pub(crate) use grant::Grant;
pub(crate) use handle::{Handle, random_text};
pub(crate) use held::{Held, end, is_of_sid, keep_end, revoke};
pub(crate) use new_session::{Kept, NewLogin, keep};
#[cfg(any(test, feature = "test-util"))]
pub(crate) use new_session::{SignedIn, keep_as};
pub use others::OtherSession;
pub(crate) use public_grant::PublicGrant;
pub(crate) use revalidation::{Revalidation, confirm};
use sealed::Outbox;
pub(crate) use sealed::{OpenedLately, SealedSessions};
use serde::de::DeserializeOwned;
use serde_json::Value;
pub(crate) use standing::{AuthoritySource, Standing};
use vestibule::{Authority, Identity};
pub use visit::{Visit, Visitor};

use crate::{
    SessionError, csrf,
    engine::Engine,
    http::RequestHead,
    store::{SessionKey, SessionRecord, StoreTime},
};

/// A signed-in user's session in this application. Clones share everything.
#[derive(Clone)]
pub struct Session(Arc<Inner>);

struct Inner {
    engine: Arc<Engine>,
    handle: Handle,
    key: SessionKey,
    record: RwLock<Arc<SessionRecord>>,
    public: PublicGrant,
    standing: OnceLock<Standing>,
    /// Where changes go of a session that no store keeps.
    outbox: Option<Outbox>,
}

impl Session {
    pub(crate) fn new(
        engine: &Arc<Engine>,
        handle: &Handle,
        record: Arc<SessionRecord>,
        outbox: Option<Outbox>,
    ) -> Option<Self> {
        let public = grant::public(&record.grant)?;
        Some(Self(Arc::new(Inner {
            engine: Arc::clone(engine),
            handle: handle.clone(),
            key: record.key,
            record: RwLock::new(record),
            public,
            standing: OnceLock::new(),
            outbox,
        })))
    }

    /// That a store keeps this session.
    fn needs_store(&self) -> Result<(), SessionError> {
        match &self.0.outbox {
            None => Ok(()),
            Some(_) => Err(SessionError::NeedsStore),
        }
    }

    /// `sub`: the user's name at the provider. Together with [`issuer`](Self::issuer) it names the user for ever.
    pub fn subject(&self) -> &str {
        self.0.public.subject()
    }

    /// `iss`: the provider, or the user's tenant of it.
    pub fn issuer(&self) -> &str {
        self.0.public.issuer().unwrap_or(self.0.engine.realm.issuer())
    }

    /// `sid`: the user's session at the provider, when the provider tells.
    pub fn sid(&self) -> Option<&str> {
        self.0.public.sid()
    }

    /// Who logged in, in which login, for calls of the [client](vestibule::Client).
    ///
    /// # Errors
    /// [`SessionError::Data`] when another version wrote it that cannot be read.
    pub fn identity(&self) -> Result<Identity, SessionError> {
        self.0.public.identity().ok_or(SessionError::Data)
    }

    /// A claim of the ID token, as JSON.
    pub fn claim(&self, name: &str) -> Option<Value> {
        self.0.public.claims::<serde_json::Map<_, _>>()?.remove(name)
    }

    /// The name to greet the user with, when the provider tells.
    pub fn name(&self) -> Option<String> {
        self.claim("name")?.as_str().map(str::to_owned)
    }

    /// The claims of the ID token in a type of the application's own.
    ///
    /// # Errors
    /// [`SessionError::Data`] when they do not fit the type.
    pub fn claims<T: DeserializeOwned>(&self) -> Result<T, SessionError> {
        self.0.public.claims().ok_or(SessionError::Data)
    }

    /// What the user may do, and how they proved who they are: as of the login, or of the latest refresh before this
    /// session was loaded.
    pub fn authority(&self) -> &Authority {
        &self.standing().authority
    }

    /// When the login behind this session began, on the store's clock.
    pub fn began(&self) -> StoreTime {
        self.record().began
    }

    /// The token that the application's own forms carry in a field named `csrf`, or its scripts in `X-CSRF-Token`.
    pub fn csrf_token(&self) -> String {
        csrf::token(&self.0.engine, &self.0.handle)
    }

    /// Whether `token` came from a form of this very session. In constant time.
    ///
    /// # Errors
    /// [`SessionError::Forged`] when it did not.
    pub fn check_csrf(&self, token: &str) -> Result<(), SessionError> {
        let genuine = self.0.engine.csrf_sealer.accepts_tag(self.0.handle.expose().as_bytes(), token);
        if genuine { Ok(()) } else { Err(SessionError::Forged) }
    }

    /// Whether a form, or a script's call, comes from a page of this application in this very session: by what the
    /// browser says of its origin, and by the token in the field `csrf` of `form` or in `X-CSRF-Token`.
    ///
    /// # Errors
    /// [`SessionError::Forged`] when it did not.
    pub fn check_form(&self, head: &RequestHead<'_>, form: &[u8]) -> Result<(), SessionError> {
        let engine = &self.0.engine;
        let genuine = csrf::is_same_origin(engine, head) && csrf::accepts(engine, head, form, &self.0.handle);
        if genuine { Ok(()) } else { Err(SessionError::Forged) }
    }

    /// Whether a request comes from a page of this application, by what the browser says of its origin: for those that can
    /// carry no token, such as the handshake of a WebSocket, which every page of a sibling domain can start with this
    /// session's cookie (RFC 6455 section 10.2).
    ///
    /// # Errors
    /// [`SessionError::Forged`] when it did not.
    pub fn check_origin(&self, head: &RequestHead<'_>) -> Result<(), SessionError> {
        if csrf::is_same_origin(&self.0.engine, head) { Ok(()) } else { Err(SessionError::Forged) }
    }

    /// How many bytes a form may have that this session's user sends.
    pub(crate) fn form_limit(&self) -> usize {
        self.0.engine.application.form_limit
    }

    /// Where the log-out form posts to.
    pub fn logout_path(&self) -> String {
        self.0.engine.path_of(crate::endpoint::Endpoint::Logout)
    }

    /// When it ends if it is not used, and when it ends in any case.
    pub(crate) fn ends(&self) -> (StoreTime, StoreTime) {
        let record = self.record();
        (record.idle_end.min(record.absolute_end), record.absolute_end)
    }

    pub(crate) fn key(&self) -> SessionKey {
        self.0.key
    }

    pub(crate) fn monotonic(&self) -> Duration {
        self.0.engine.clock().monotonic()
    }

    fn standing(&self) -> &Standing {
        let Inner { engine, public, standing, .. } = &*self.0;
        standing.get_or_init(|| Standing::of(engine, public))
    }

    /// What the answer to this request must set of it.
    fn leave(&self) -> Vec<String> {
        self.0.outbox.as_ref().map(Outbox::leave).unwrap_or_default()
    }

    fn record(&self) -> Arc<SessionRecord> {
        Arc::clone(&self.0.record.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Takes over the tokens of a reply, and nothing else: data that this session has not read is not its own.
    fn keep_grant(&self, reply: &SessionRecord) {
        self.keep(|known| {
            if reply.grant_version >= known.grant_version {
                known.grant = reply.grant.clone();
                known.refresh = reply.refresh;
                known.grant_version = reply.grant_version;
            }
        });
    }

    /// Takes over the application's data of a reply. Replies may arrive out of order; what is known grows no older.
    fn keep_data(&self, reply: &SessionRecord) {
        self.keep(|known| {
            if reply.version >= known.version {
                known.data = reply.data.clone();
                known.version = reply.version;
            }
        });
    }

    fn keep(&self, change: impl FnOnce(&mut SessionRecord)) {
        change(Arc::make_mut(&mut self.0.record.write().unwrap_or_else(PoisonError::into_inner)));
    }
}

impl fmt::Debug for Session {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Session").field("key", &self.0.key).finish_non_exhaustive()
    }
}
