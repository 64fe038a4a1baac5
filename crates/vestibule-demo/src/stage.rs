use std::time::Duration;

use anyhow::{Context as _, Result};
use axum::{Router, extract::Request, middleware};
use example_shared::Settings;
use tokio::{net::TcpListener, sync::watch, task::JoinSet};
use tracing::{Instrument as _, Span, info_span};
use vestibule_axum::{
    CookieKeys, RelyingParty,
    vestibule::{ClientSecret, OsRandom, Provider},
};
use vestibule_dev_idp::{Application, DevIdp, DevIdpBuilder, StartError, User};

use crate::clock::ProviderClock;

/// The ports of provider, dashboard and docs portal.
pub(crate) const USUAL_PORTS: [u16; 3] = [9000, 3000, 3001];
/// Whatever is free.
pub(crate) const ANY_PORTS: [u16; 3] = [0; 3];

/// Short, so that a refresh is soon to be seen. An application renews a token 30 s ahead of its end.
pub(crate) const ACCESS_TOKEN_LIFETIME: Duration = Duration::from_secs(60);

/// How long open requests may take to finish at the end.
const GRACE: Duration = Duration::from_secs(2);

/// The provider and the two applications, running.
#[derive(Debug)]
pub(crate) struct Stage {
    pub(crate) idp: DevIdp,
    pub(crate) dashboard: App,
    pub(crate) docs_portal: App,
    stop: watch::Sender<bool>,
    servers: JoinSet<std::io::Result<()>>,
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
    pub(crate) async fn set([idp, dashboard, docs_portal]: [u16; 3]) -> Result<Self> {
        let (dashboard_listener, dashboard) = listen("dashboard", dashboard).await?;
        let (docs_listener, docs_portal) = listen("docs-portal", docs_portal).await?;
        let idp = start_provider(idp).context("the provider did not start")?;
        let (stop, stopped) = watch::channel(false);
        let mut stage = Self { idp, dashboard, docs_portal, stop, servers: JoinSet::new() };

        let (settings, rp) = stage.register(&stage.dashboard, &stage.docs_portal)?;
        let app = named(info_span!("dashboard"), dashboard::app(&settings, rp));
        stage.servers.spawn(run(dashboard_listener, app, stopped.clone()));

        let (settings, rp) = stage.register(&stage.docs_portal, &stage.dashboard)?;
        let app = named(info_span!("docs-portal"), docs_portal::app(&settings, rp));
        stage.servers.spawn(run(docs_listener, app, stopped));
        Ok(stage)
    }

    /// Lets open requests finish, then stops everything.
    pub(crate) async fn clear(mut self) {
        self.stop.send_replace(true);
        let finished = async { while self.servers.join_next().await.is_some() {} };
        // What takes longer is cut off when the servers are dropped.
        let _ = tokio::time::timeout(GRACE, finished).await;
    }

    /// Makes an application known to the provider, and the provider to the application.
    fn register(&self, app: &App, other: &App) -> Result<(Settings, RelyingParty)> {
        let secret = format!("{}-secret", app.client_id);
        self.idp.register(
            Application::web(app.client_id, &secret)
                .redirect_uri(app.at("/auth/callback"))
                .post_logout_redirect_uri(app.at("/auth/logged-out"))
                .backchannel_logout_uri(app.at("/auth/backchannel-logout"))
                .access_token_lifetime(ACCESS_TOKEN_LIFETIME),
        )?;
        let settings = Settings {
            issuer: self.idp.issuer().to_owned(),
            client_id: app.client_id.to_owned(),
            client_secret: ClientSecret::new(secret),
            base_url: app.url.clone(),
            listen_addr: String::new(),
            cookie_keys: CookieKeys::generate(&OsRandom)?,
            other_app: Some(other.url.clone()),
        };
        let clock = ProviderClock::new(self.idp.clock().clone());
        let provider = Provider::builder(&settings.issuer)?.clock(clock).build()?;
        let relying_party = settings.relying_party(&provider)?;
        Ok((settings, relying_party))
    }
}

impl App {
    /// An address of the application.
    pub(crate) fn at(&self, path: &str) -> String {
        format!("{}{path}", self.url)
    }
}

fn start_provider(port: u16) -> Result<DevIdp, StartError> {
    let on = |port: u16| provider().listen(format!("127.0.0.1:{port}")).start();
    match on(port) {
        Err(StartError::Bind { .. }) => on(0),
        outcome => outcome,
    }
}

fn provider() -> DevIdpBuilder {
    DevIdp::builder()
        .user(User::new("alice").name("Alice Liddell").email("alice@acme.example"))
        .user(User::new("bob").name("Bob Cratchit").email("bob@acme.example"))
        .user(User::new("carol").name("Carol Kennicott").email("carol@acme.example"))
}

async fn listen(client_id: &'static str, port: u16) -> Result<(TcpListener, App)> {
    let listener = match TcpListener::bind(("127.0.0.1", port)).await {
        Ok(listener) => listener,
        Err(_) => TcpListener::bind(("127.0.0.1", 0)).await.context("no port is free")?,
    };
    let url = format!("http://{}", listener.local_addr()?);
    Ok((listener, App { client_id, url }))
}

/// Marks what the application logs with its name.
fn named(span: Span, app: Router) -> Router {
    app.layer(middleware::from_fn(move |request: Request, next: middleware::Next| {
        next.run(request).instrument(span.clone())
    }))
}

async fn run(listener: TcpListener, app: Router, mut stopped: watch::Receiver<bool>) -> std::io::Result<()> {
    let stopped = async move { drop(stopped.wait_for(|stopped| *stopped).await) };
    axum::serve(listener, app).with_graceful_shutdown(stopped).await
}
