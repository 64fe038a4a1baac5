use std::{
    fmt,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use http::{
    HeaderValue,
    header::{CACHE_CONTROL, SET_COOKIE, VARY},
};
use tokio::sync::OnceCell;
use vestibule::{Diagnose, RandomError};

use super::{Handle, Held, Session, confirm};
use crate::{
    Error, SessionError, challenge,
    engine::Engine,
    error::{GuardError, respond},
    guard::{Requirement, StepUp, demand},
    http::{HeadersMut, Reply, RequestHead, is_page_load},
    return_to::ReturnTo,
    silent,
    store::{Load, SessionRecord, StoreTime, Touch},
};

/// Who makes a request. An outage is an error, never an anonymous visitor.
#[derive(Clone, Debug)]
pub enum Visitor {
    /// Nobody who is signed in.
    Anonymous,
    /// A signed-in user.
    SignedIn(Session),
}

static NO_STORE: HeaderValue = HeaderValue::from_static("no-store");
static BY_COOKIE: HeaderValue = HeaderValue::from_static("cookie");

/// One request's look at its session: loaded when first asked for, and once.
#[derive(Clone)]
pub struct Visit(Arc<Inner>);

struct Inner {
    engine: Arc<Engine>,
    held: Held,
    /// Where a person is looking at the answer to a GET: what they asked for.
    page: Option<String>,
    /// Whether a person is looking at the answer; to a form, too.
    by_person: bool,
    visitor: OnceCell<Visitor>,
    read: AtomicBool,
    /// Whether the provider may be asked, without a page, who an anonymous visitor is.
    asks_silently: bool,
    /// Where a person chooses whom to log in at, when nobody is chosen yet.
    choose_at: Option<Arc<str>>,
}

impl Inner {
    fn new(engine: &Arc<Engine>, head: &RequestHead<'_>, held: Held, asks_silently: bool) -> Self {
        let by_person = is_page_load(head);
        Self {
            engine: Arc::clone(engine),
            held,
            page: (by_person && head.method == "GET").then(|| head.path_and_query()),
            by_person,
            visitor: OnceCell::new(),
            read: AtomicBool::new(false),
            asks_silently,
            choose_at: None,
        }
    }
}

impl Visit {
    pub(crate) fn open(engine: &Arc<Engine>, head: &RequestHead<'_>) -> Self {
        let held = Held::of(engine, head);
        let asks_silently = silent::is_due(engine, head, &held);
        Self(Arc::new(Inner::new(engine, head, held, asks_silently)))
    }

    /// A visit at no relying party: whoever it is, is anonymous. `engine` answers in general terms. Where there is no page
    /// to choose one at, no login would help, and a person is sent to none.
    pub(crate) fn of_nobody(
        engine: &Arc<Engine>,
        head: &RequestHead<'_>,
        choose_at: Option<&Arc<str>>,
    ) -> Self {
        let inner = Inner::new(engine, head, Held::Handle(None), false);
        let page = inner.page.filter(|_| choose_at.is_some());
        let by_person = page.is_some();
        Self(Arc::new(Inner { page, by_person, choose_at: choose_at.cloned(), ..inner }))
    }

    /// Who makes the request.
    ///
    /// # Errors
    /// [`SessionError::Store`] when the store cannot tell.
    pub async fn visitor(&self) -> Result<Visitor, SessionError> {
        self.0.read.store(true, Ordering::Relaxed);
        let Inner { engine, held, visitor, .. } = &*self.0;
        let visitor = visitor.get_or_try_init(|| held.load(engine)).await?;
        let signed_in = matches!(visitor, Visitor::SignedIn(_));
        tracing::trace!(event = "session.loaded", signed_in, "somebody asked who makes a request");
        Ok(visitor.clone())
    }

    /// Who makes the request, for a page that is for everybody: as [`visitor`](Self::visitor), but where
    /// [`silent_login`](crate::RelyingPartyBuilder::silent_login) is switched on, the browser of an anonymous visitor is
    /// first sent to ask the provider, once.
    ///
    /// # Errors
    /// The answer to give instead of the page: the way to the provider, or that the store cannot tell.
    pub async fn welcome(&self) -> Result<Visitor, Reply> {
        let visitor = self.visitor().await.map_err(|error| self.respond(&error.into()))?;
        match &self.0.page {
            Some(page) if self.0.asks_silently && matches!(visitor, Visitor::Anonymous) => {
                Err(silent::ask(&self.0.engine, &self.place(page)))
            }
            _ => Ok(visitor),
        }
    }

    /// Whether a person is looking at the answer.
    pub(crate) fn is_page(&self) -> bool {
        self.0.page.is_some()
    }

    /// The session of a user who meets the requirement.
    ///
    /// # Errors
    /// The answer to everybody else: as [`challenge`](Self::challenge) to those who are anonymous, 403 to those who lack a
    /// right, and a login that comes back to where the browser was to those whose login is too weak or too old.
    pub async fn admit(&self, requirement: &Requirement) -> Result<Session, Reply> {
        let session = match self.visitor().await {
            Ok(Visitor::SignedIn(session)) => session,
            Ok(Visitor::Anonymous) => return Err(self.challenge()),
            Err(error) => return Err(self.respond(&error.into())),
        };
        match session.require(requirement) {
            Ok(()) => Ok(session),
            Err(error) => Err(self.respond(&error.into())),
        }
    }

    /// The answer to an anonymous visitor of a protected place: a page is sent to log in and comes back to where the
    /// browser was, whatever a router made of the path since; a program gets 401 as problem+json, and a person whose form
    /// comes too late a page that says so.
    pub fn challenge(&self) -> Reply {
        let Inner { engine, page, by_person, .. } = &*self.0;
        if page.is_none() && *by_person {
            return respond(
                &SessionError::Required.into(),
                true,
                &engine.correlation(),
                Some(&self.sign_in_url("/")),
            );
        }
        let sign_in = page.as_deref().map(|page| self.sign_in_url(page));
        challenge::challenge(sign_in.as_deref())
    }

    /// The answer to this request when it failed with `error`: a page for a person, problem+json for a program. Where a
    /// session is [required](SessionError::Required), that is the [challenge](Self::challenge).
    pub fn respond(&self, error: &Error) -> Reply {
        if matches!(error, Error::Session(SessionError::Required)) {
            return self.challenge();
        }
        let Inner { engine, page, by_person, .. } = &*self.0;
        let again = match error {
            Error::Guard(GuardError::StepUpRequired(needs)) => match self.step_up(needs) {
                Ok(reply) => return reply,
                Err(error) => return self.respond(&error.into()),
            },
            // Signing in again changes nothing about it.
            Error::Guard(_) | Error::Form(_) => None,
            _ => Some(self.sign_in_url(page.as_deref().unwrap_or("/"))),
        };
        respond(error, *by_person, &engine.correlation(), again.as_deref())
    }

    fn step_up(&self, needs: &StepUp) -> Result<Reply, RandomError> {
        let Inner { engine, page, .. } = &*self.0;
        let Some(Visitor::SignedIn(session)) = self.0.visitor.get() else { return Ok(self.challenge()) };
        let sealed = demand::seal(engine, &engine.realm.subject(session.subject()), needs)?;
        let place = page.as_deref().map(|page| self.place(page));
        Ok(challenge::step_up(engine, place.as_ref(), needs, &sealed))
    }

    /// Where a person signs in who then comes back to `page`.
    fn sign_in_url(&self, page: &str) -> String {
        match &self.0.choose_at {
            Some(choose_at) => challenge::with_return_to(choose_at, &self.place(page)),
            None => challenge::login_url(&self.0.engine, &self.place(page)),
        }
    }

    fn place(&self, page: &str) -> ReturnTo {
        ReturnTo::parse(page, &self.0.engine.origin).unwrap_or_else(ReturnTo::home)
    }

    /// The relying party's own view of where this request was going.
    pub fn relying_party(&self) -> crate::RelyingParty {
        crate::RelyingParty(Arc::clone(&self.0.engine))
    }

    /// Adds what the answer to this request must carry: an answer that depends on who asked is not to be stored by any
    /// cache (checklist D22), and a sealed session goes out with it when it changed. To be called on every answer that
    /// the application made, when it is finished.
    pub fn finish(&self, headers: &mut impl HeadersMut) {
        if !self.0.read.load(Ordering::Relaxed) {
            return;
        }
        headers.insert(&CACHE_CONTROL, &NO_STORE);
        let mut varies = false;
        headers.each("vary", &mut |known| varies |= known == b"cookie");
        if !varies {
            headers.append(&VARY, &BY_COOKIE);
        }
        let Some(Visitor::SignedIn(session)) = self.0.visitor.get() else { return };
        for cookie in session.leave() {
            if let Ok(cookie) = HeaderValue::try_from(cookie) {
                headers.append(&SET_COOKIE, &cookie);
            }
        }
    }
}

pub(super) async fn load(engine: &Arc<Engine>, handle: &Handle) -> Result<Visitor, SessionError> {
    let key = handle.key();
    let loaded = engine.store.load(&key).await?;
    let Load::Live(record) = loaded.reply else { return Ok(Visitor::Anonymous) };
    let Some(record) = confirm(engine, record, loaded.at).await? else { return Ok(Visitor::Anonymous) };
    if is_due(engine.lifetimes.idle, &record, loaded.at) {
        match engine.store.touch(&key, engine.lifetimes.idle).await {
            Ok(touched) => {
                if !matches!(touched.reply, Touch::Touched { .. }) {
                    return Ok(Visitor::Anonymous);
                }
            }
            // The session is live; only its idle end did not move.
            Err(error) => {
                tracing::warn!(
                    event = "session.not_touched",
                    code = error.code(),
                    "a session was not touched"
                );
            }
        }
    }
    match Session::new(engine, handle, record, None) {
        Some(session) => Ok(Visitor::SignedIn(session)),
        None => {
            tracing::warn!(
                event = "session.unreadable",
                "a session was written in a format that this version does not read"
            );
            Ok(Visitor::Anonymous)
        }
    }
}

/// Touching at most once per max(60 s, a tenth of the idle lifetime) keeps writes off the hot path.
pub(super) fn is_due(idle: Duration, record: &SessionRecord, now: StoreTime) -> bool {
    now.since(record.last_seen) >= (idle / 10).max(Duration::from_secs(60)).min(idle / 2)
}

impl fmt::Debug for Visit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Visit").field("has_cookie", &!self.0.held.is_empty()).finish_non_exhaustive()
    }
}
