//! One process of an application, which can be told to die at any point of its work.

mod clock;
mod fault_points;
mod process;
mod settings;
mod store;
mod transport;

use std::{
    net::TcpListener,
    sync::{Arc, atomic::Ordering},
};

use anyhow::Result;
use axum::{
    Json, Router,
    extract::{Path, State},
    routing::{get, post},
};
use rustix::process::Signal;
use vestibule::{Provider, transport::HttpTransport};
use vestibule_axum::{Failure, RelyingParty, Session};

use clock::AdjustableClock;
use fault_points::FaultPoints;
use store::WithFaultPoints;
use transport::{Answers, Wire};

pub use process::{ARGUMENT, NodeProcess};
pub use settings::Settings;

/// What a node prints when it can be called; its address follows.
pub const READY: &str = "node at ";

/// What a test turns while the node runs.
#[derive(Clone, Debug)]
struct Controls {
    clock: AdjustableClock,
    points: Arc<FaultPoints>,
    answers: Arc<Answers>,
}

/// Serves the application until the process ends.
///
/// # Errors
/// When it cannot be started.
pub async fn run(settings: Settings) -> Result<()> {
    let clock = AdjustableClock::ahead(settings.ahead);
    let controls = Controls { clock: clock.clone(), points: Arc::default(), answers: Arc::default() };
    let wire = Wire::new(HttpTransport::new()?, Arc::clone(&controls.points), Arc::clone(&controls.answers));
    let provider = Provider::builder(&settings.issuer)?.clock(clock.clone()).transport(wire).build()?;
    let client = provider.web_app(&settings.client_id, settings.secret());
    let store =
        WithFaultPoints::new(settings.backend(Arc::new(clock.clone()))?, Arc::clone(&controls.points));
    let builder =
        RelyingParty::builder(client, &settings.base_url).stored_sessions(store, Settings::cookie_keys()?);
    let relying_party = match &*settings.journal {
        "" => builder.build()?,
        folder => builder.logout_journal(folder).build()?,
    };
    relying_party.ready().await?;
    let listener = TcpListener::bind(&settings.listen)?;
    listener.set_nonblocking(true)?;
    let listener = tokio::net::TcpListener::from_std(listener)?;
    println!("{READY}http://{}", listener.local_addr()?);
    Ok(axum::serve(listener, app(relying_party).merge(control(controls))).await?)
}

fn app(relying_party: RelyingParty) -> Router {
    let router = Router::new()
        .route("/me", get(me))
        .route("/api/me", get(me))
        .route("/api/token", get(token))
        .route("/api/sessions", get(sessions))
        .route("/api/end-one", get(end_one))
        .route("/api/end-all-others", get(end_all_others));
    vestibule_axum::wrap(router, relying_party)
}

/// The form that logs out, or who is there.
async fn me(session: Session) -> axum::response::Html<String> {
    axum::response::Html(format!(
        r#"<p>{}</p><form method="post" action="/auth/logout"><input type="hidden" name="csrf" value="{}"></form>"#,
        session.subject(),
        session.csrf_token(),
    ))
}

/// Which access token there is: a digest, so that no answer holds one.
async fn token(session: Session) -> Result<String, Failure> {
    let token = session.access_token().await?;
    Ok(format!("{:016x}", fault_points::digest(token.expose())))
}

/// How many sessions the user has.
async fn sessions(session: Session) -> Result<Json<usize>, Failure> {
    Ok(Json(session.all_of_user().await?.len()))
}

/// Ends the first other session of the list. A page would ask by a form; here no browser can be led astray.
async fn end_one(session: Session) -> Result<(), Failure> {
    if let Some(other) = session.all_of_user().await?.iter().find(|other| !other.is_current) {
        session.end_listed(&other.id).await?;
    }
    Ok(())
}

async fn end_all_others(session: Session) -> Result<(), Failure> {
    Ok(session.end_all_others().await?)
}

fn control(controls: Controls) -> Router {
    Router::new()
        .route("/control/advance/{seconds}", post(advance))
        .route("/control/kill/{point}", post(kill))
        .route("/control/stop/{point}", post(stop))
        .route("/control/points", get(points))
        .route("/control/late/{milliseconds}", post(late))
        .route("/control/lose/{answers}", post(lose))
        .with_state(controls)
}

async fn advance(State(controls): State<Controls>, Path(seconds): Path<u64>) {
    controls.clock.advance(seconds);
}

/// At this point of what it does next, the process dies.
async fn kill(State(controls): State<Controls>, Path(point): Path<usize>) {
    controls.points.arm(point, Signal::KILL);
}

/// At this point of what it does next, the process stops, until somebody lets it go on.
async fn stop(State(controls): State<Controls>, Path(point): Path<usize>) {
    controls.points.arm(point, Signal::STOP);
}

/// Lets the provider's answers be late.
async fn late(State(controls): State<Controls>, Path(milliseconds): Path<u64>) {
    controls.answers.late.store(milliseconds, Ordering::Relaxed);
}

/// Loses the provider's next answers.
async fn lose(State(controls): State<Controls>, Path(answers): Path<u64>) {
    controls.answers.lost.store(answers, Ordering::Relaxed);
}

/// Those that were passed since.
async fn points(State(controls): State<Controls>) -> Json<Vec<String>> {
    Json(controls.points.passed())
}
