use std::sync::Arc;

use http::header;
use vestibule::{AuthorizationRequest, Diagnose, Prompt};

use crate::{
    challenge,
    engine::Engine,
    error::{Error, LoginError},
    guard::demand,
    http::{Parameters, Reply, RequestHead, is_navigation, is_prefetch, reply},
    initiation::Initiation,
    observe::{LoginKind, login_started},
    pending::Pending,
    return_to::ReturnTo,
    session::{Held, Visit, Visitor},
    silent,
    store::Scope,
};

pub(super) async fn serve(engine: &Arc<Engine>, head: &RequestHead<'_>) -> Result<Reply, Error> {
    if is_prefetch(head) {
        return Err(LoginError::Prefetch.into());
    }
    if !is_navigation(head) {
        return Ok(challenge::challenge(None));
    }
    let start = Start::new(engine, requested_return(engine, head));
    if let Some(sealed) = Parameters::of_query(head).only(demand::PARAMETER) {
        return step_up(engine, head, start, sealed).await;
    }
    if silent::is_asked_for(engine, head) {
        ask(engine, head, start).await
    } else {
        start_login(engine, head, start).await
    }
}

/// Asks the provider who this is, without a page. Whatever hinders it, the visitor is anonymous and sees no error.
async fn ask(engine: &Engine, head: &RequestHead<'_>, start: Start<'_>) -> Result<Reply, Error> {
    if !silent::was_tried(engine, head) {
        return Ok(silent::give_up(engine, &start.return_to));
    }
    let request = engine.request.clone().prompt(Prompt::None);
    let return_to = start.return_to.clone();
    let silent = Start { request: &request, silent: true, ..start };
    start_login(engine, head, silent).await.or_else(|error| {
        tracing::warn!(
            event = "login.nobody_asked",
            code = error.code(),
            "the provider could not be asked who a visitor is"
        );
        Ok(reply::see_other(return_to.as_str()))
    })
}

/// Lets the user of this browser's session log in once more, as a page demanded.
async fn step_up(
    engine: &Arc<Engine>,
    head: &RequestHead<'_>,
    start: Start<'_>,
    sealed: &str,
) -> Result<Reply, Error> {
    let Visitor::SignedIn(session) = Visit::open(engine, head).visitor().await? else {
        return start_login(engine, head, start).await;
    };
    let subject = engine.realm.subject(session.subject());
    let Some(needs) = demand::open(engine, &subject, sealed) else {
        // Of another user, or long ago. The page knows what it needs.
        return Ok(reply::see_other(start.return_to.as_str()));
    };
    let request = demand::request(engine, needs);
    start_login(engine, head, Start { request: &request, subject: Some(subject), ..start }).await
}

/// What kind of login starts.
pub(crate) struct Start<'a> {
    pub(crate) request: &'a AuthorizationRequest,
    /// What of the request is not the application's own, for a fresh start.
    pub(crate) initiation: Initiation,
    pub(crate) return_to: ReturnTo,
    pub(crate) restarts: u8,
    pub(crate) silent: bool,
    /// Whose login it must be.
    pub(crate) subject: Option<Scope>,
}

impl<'a> Start<'a> {
    /// The login that a person asks for.
    pub(crate) fn new(engine: &'a Engine, return_to: ReturnTo) -> Self {
        Self {
            request: &engine.request,
            initiation: Initiation::default(),
            return_to,
            restarts: 0,
            silent: false,
            subject: None,
        }
    }

    fn kind(&self) -> LoginKind {
        match self {
            Self { silent: true, .. } => LoginKind::Silent,
            Self { subject: Some(_), .. } => LoginKind::StepUp,
            Self { restarts: 0, .. } => LoginKind::Asked,
            _ => LoginKind::Again,
        }
    }
}

/// Sends the browser to the provider. Nothing is kept here: the attempt rests in the browser, sealed.
pub(crate) async fn start_login(
    engine: &Engine,
    head: &RequestHead<'_>,
    start: Start<'_>,
) -> Result<Reply, Error> {
    let kind = start.kind();
    let outcome = send_to_provider(engine, head, start).await;
    login_started(kind, &outcome);
    outcome
}

async fn send_to_provider(engine: &Engine, head: &RequestHead<'_>, start: Start<'_>) -> Result<Reply, Error> {
    let Start { request, initiation, return_to, restarts, silent, subject } = start;
    // The store's time anchors the cutoff rule, and a store that does not answer stops the login here (H07).
    let began = engine.store.now().await?;
    // The answer, if it is a post from another site, comes without the session's cookies.
    let held = request.is_form_post().then(|| Held::of(engine, head));
    let replaces = held.as_ref().and_then(|held| held.handle(engine)).map(|handle| handle.key());
    let version = held.map_or(0, |held| held.next_version());
    let start = engine.client.begin_login(request).await?;
    let pending = Pending {
        login: start.pending,
        began,
        return_to,
        initiation,
        restarts,
        silent,
        replaces,
        version,
        subject,
    };
    let mut reply = reply::see_other(start.url.as_str());
    for cookie in engine.pending().keep(head, &pending)? {
        reply::append(&mut reply, header::SET_COOKIE, &cookie);
    }
    Ok(reply)
}

/// Where the user wants to go; the start page for anything that is not plainly ours.
fn requested_return(engine: &Engine, head: &RequestHead<'_>) -> ReturnTo {
    let parameters = Parameters::of_query(head);
    let place = parameters.only("return_to").and_then(|place| ReturnTo::parse(place, &engine.origin));
    place.unwrap_or_else(ReturnTo::home)
}
