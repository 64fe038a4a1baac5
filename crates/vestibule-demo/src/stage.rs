use std::{io, net::TcpListener, time::Duration};

use actix_web::{HttpServer, dev::Service as _};
use anyhow::{Context as _, Result};
use axum::{Router, extract::Request, middleware};
use example_shared::{Settings, on_axum, testing};
use tokio::{sync::watch, task::JoinSet};
use tracing::{Instrument as _, Span, info_span};
use vestibule_dev_idp::{Application, Clock, DevIdp, DevIdpBuilder, StartError, User};
use vestibule_web::RelyingParty;

/// The ports of provider, dashboard and docs portal.
pub(crate) const USUAL_PORTS: [u16; 3] = [9000, 3000, 3001];
/// Whatever is free.
pub(crate) const ANY_PORTS: [u16; 3] = [0; 3];

/// The client id of the command.
pub(crate) const CLI: &str = "acme-cli";

/// How long open requests may take to finish at the end.
const GRACE: Duration = Duration::from_secs(2);

/// The provider and the two applications, running.
#[derive(Debug)]
pub(crate) struct Stage {
    pub(crate) idp: DevIdp,
    pub(crate) dashboard: App,
    pub(crate) docs_portal: App,
    stop: watch::Sender<bool>,
    servers: JoinSet<io::Result<()>>,
}

/// A running application.
#[derive(Debug)]
pub(crate) struct App {
    pub(crate) client_id: &'static str,
    /// Its origin.
    pub(crate) url: String,
}

impl Stage {
    /// Starts everything, each on its port, or on a free one where that is taken.
    pub(crate) async fn set(clock: &Clock, [idp, dashboard, docs_portal]: [u16; 3]) -> Result<Self> {
        let (dashboard_listener, dashboard) = listen("dashboard", dashboard)?;
        let (docs_listener, docs_portal) = listen("docs-portal", docs_portal)?;
        let idp = start_provider(clock, idp).context("the provider did not start")?;
        let (stop, stopped) = watch::channel(false);
        let mut stage = Self { idp, dashboard, docs_portal, stop, servers: JoinSet::new() };

        let Self { idp, dashboard, docs_portal, .. } = &stage;
        let (settings, rp) =
            testing::register(idp, dashboard.client_id, &dashboard.url, Some(&docs_portal.url))?;
        let dashboard_app = named(info_span!("dashboard"), dashboard::app(&settings, rp)?);
        let (settings, rp) =
            testing::register(idp, docs_portal.client_id, &docs_portal.url, Some(&dashboard.url))?;
        idp.register(command(&dashboard.url))?;
        stage.servers.spawn(on_axum::serve_on(dashboard_listener, dashboard_app, once(stopped.clone())));
        stage.servers.spawn(serve_docs(docs_listener, settings, rp, once(stopped)));
        Ok(stage)
    }

    /// Lets open requests finish, then stops everything.
    pub(crate) async fn clear(mut self) {
        self.stop.send_replace(true);
        let finished = async { while self.servers.join_next().await.is_some() {} };
        // What takes longer is cut off when the servers are dropped.
        let _ = tokio::time::timeout(GRACE, finished).await;
    }
}

impl App {
    /// An address of the application.
    pub(crate) fn at(&self, path: &str) -> String {
        format!("{}{path}", self.url)
    }
}

fn start_provider(clock: &Clock, port: u16) -> Result<DevIdp, StartError> {
    let on = |port: u16| provider(clock).listen(format!("127.0.0.1:{port}")).start();
    match on(port) {
        Err(StartError::Bind { .. }) => on(0),
        outcome => outcome,
    }
}

fn provider(clock: &Clock) -> DevIdpBuilder {
    DevIdp::builder()
        .clock(clock.clone())
        .user(User::new("alice").name("Alice Liddell").email("alice@acme.example"))
        .user(User::new("bob").name("Bob Cratchit").email("bob@acme.example"))
        .user(User::new("carol").name("Carol Kennicott").email("carol@acme.example"))
}

/// A command on a user's machine, which calls this API.
fn command(api: &str) -> Application {
    Application::native(CLI)
        .redirect_uri("http://127.0.0.1/callback")
        .redirect_uri("http://[::1]/callback")
        .access_token_audience(api)
        .access_token_lifetime(testing::ACCESS_TOKEN_LIFETIME)
        .device_flow(true)
}

fn listen(client_id: &'static str, port: u16) -> Result<(TcpListener, App)> {
    let listener = TcpListener::bind(("127.0.0.1", port))
        .or_else(|_| TcpListener::bind(("127.0.0.1", 0)))
        .context("no port is free")?;
    let url = format!("http://{}", listener.local_addr()?);
    Ok((listener, App { client_id, url }))
}

/// Marks what the application logs with its name.
fn named(span: Span, app: Router) -> Router {
    app.layer(middleware::from_fn(move |request: Request, next: middleware::Next| {
        next.run(request).instrument(span.clone())
    }))
}

/// Serves the docs portal, and marks what it logs with its name.
async fn serve_docs(
    listener: TcpListener,
    settings: Settings,
    relying_party: RelyingParty,
    stopped: impl Future<Output = ()> + Send + 'static,
) -> io::Result<()> {
    let app = move || {
        let span = info_span!("docs-portal");
        docs_portal::app(&settings, relying_party.clone())
            .wrap_fn(move |request, next| next.call(request).instrument(span.clone()))
    };
    let server = HttpServer::new(app).workers(1).shutdown_signal(stopped).listen(listener)?.run();
    server.await
}

/// Completes when everything is to stop.
async fn once(mut stopped: watch::Receiver<bool>) {
    let _ = stopped.wait_for(|stopped| *stopped).await;
}
