use std::time::Duration;

use anyhow::{Context as _, Result};
use example_shared::{Engine, testing};
use vestibule_dev_idp::{Application, Clock, DevIdp, DevIdpBuilder, StartError, User};

use crate::{
    app::{App, Kind, Place},
    arguments::Cast,
};

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
    /// What keeps the sessions of both.
    pub(crate) engine: Engine,
}

impl Stage {
    /// Starts everything, each on its port, or on a free one where that is taken.
    pub(crate) async fn set(
        cast: &Cast,
        clock: &Clock,
        [idp, dashboard, docs_portal]: [u16; 3],
    ) -> Result<Self> {
        let (dashboard, docs_portal) = (Place::on(dashboard)?, Place::on(docs_portal)?);
        let idp = start_provider(clock, idp).context("the provider did not start")?;
        idp.register(command(&dashboard.url))?;
        let (its_url, neighbour) = (dashboard.url.clone(), docs_portal.url.clone());
        let dashboard = App::start(Kind::Dashboard, dashboard, &idp, &neighbour, cast)?;
        let docs_portal = App::start(Kind::DocsPortal, docs_portal, &idp, &its_url, cast)?;
        Ok(Self { idp, engine: cast.store()?.engine(), dashboard, docs_portal })
    }

    /// Lets open requests finish, then stops everything.
    pub(crate) async fn clear(self) {
        let finished = async { tokio::join!(self.dashboard.stop(), self.docs_portal.stop()) };
        // What takes longer is cut off when the servers are dropped.
        let _ = tokio::time::timeout(GRACE, finished).await;
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
