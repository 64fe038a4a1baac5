use std::{net::TcpListener, path::Path, time::Duration};

use anyhow::{Context as _, Result, ensure};
use engines::node::{NodeProcess, Settings};
use example_shared::testing::{Browser, Page};
use reqwest::StatusCode;
use vestibule_dev_idp::{Application, DevIdp};

use super::Ground;

const CLIENT: &str = "dashboard";
const LIFETIME: Duration = Duration::from_secs(60);

/// A provider and the nodes of one application. Browsers come to the first node; the others are asked beside it.
pub(super) struct Company<'a> {
    pub(super) idp: DevIdp,
    pub(super) ground: &'a Ground,
    pub(super) nodes: Vec<NodeProcess>,
}

impl<'a> Company<'a> {
    /// `forgiving`: a refresh token that was used is taken once more for a while.
    pub(super) async fn start(
        ground: &'a Ground,
        nodes: usize,
        near_cache: bool,
        forgiving: bool,
    ) -> Result<Self> {
        let grace = if forgiving { Duration::from_secs(3600) } else { Duration::ZERO };
        let idp = DevIdp::builder().refresh_grace(grace).logout_retry(1, Duration::ZERO).start()?;
        let listen = TcpListener::bind("127.0.0.1:0")?.local_addr()?.to_string();
        let base_url = format!("http://{listen}");
        let secret = format!("{CLIENT}-secret");
        idp.register(
            Application::web(CLIENT, &secret)
                .redirect_uri(format!("{base_url}/auth/callback"))
                .post_logout_redirect_uri(format!("{base_url}/auth/logged-out"))
                .access_token_lifetime(LIFETIME),
        )?;
        let first = Settings {
            issuer: idp.issuer().to_owned(),
            client_id: CLIENT.to_owned(),
            client_secret: secret,
            base_url,
            listen,
            store: ground.url(),
            near_cache,
            journal: String::new(),
            ahead: 0,
        };
        let beside = Settings { listen: "127.0.0.1:0".to_owned(), ..first.clone() };
        let mut company = Self { idp, ground, nodes: vec![NodeProcess::start(first).await?] };
        for _ in 1..nodes {
            company.nodes.push(NodeProcess::start(beside.clone()).await?);
        }
        Ok(company)
    }

    /// The first node starts again, whether it has died or not.
    pub(super) async fn restart_first(&mut self) -> Result<()> {
        let first = self.nodes.remove(0);
        self.nodes.insert(0, first.restart().await?);
        Ok(())
    }

    /// Gives the first node a journal.
    pub(super) async fn keep_journal(&mut self, folder: &Path) -> Result<()> {
        self.nodes[0].keep_journal(folder);
        self.restart_first().await
    }

    /// The first node dies.
    pub(super) async fn kill_first(&mut self) -> Result<()> {
        self.nodes[0].kill()?;
        ensure!(self.nodes[0].is_dead().await, "it lives");
        Ok(())
    }

    /// Ends every access token.
    pub(super) async fn let_tokens_expire(&mut self) -> Result<()> {
        self.let_time_pass(LIFETIME).await
    }

    /// Lets time pass on the store's clock. A file goes by those of its nodes, and they by the provider's.
    pub(super) async fn let_store_time_pass(&mut self, span: Duration) -> Result<()> {
        if self.ground.advance(span)? { Ok(()) } else { self.let_time_pass(span).await }
    }

    async fn let_time_pass(&mut self, span: Duration) -> Result<()> {
        self.idp.clock().advance(span);
        for node in &mut self.nodes {
            node.advance(span.as_secs()).await?;
        }
        Ok(())
    }

    /// Somebody signs in at the first node, as a new browser or once more.
    pub(super) async fn sign_in(&self, browser: &Browser, name: &str) -> Result<Page> {
        let page = browser.open(&self.nodes[0].at("/me")).await?;
        let page = if page.url.path() == "/authorize" { browser.sign_in(&page, name).await? } else { page };
        let page = page.expect(StatusCode::OK)?;
        ensure!(page.url.as_str() == self.nodes[0].at("/me"), "{name} landed at {}", page.url.path());
        Ok(page)
    }

    /// A new browser in which somebody is signed in.
    pub(super) async fn signed_in(&self, name: &str) -> Result<Browser> {
        let browser = Browser::new()?;
        self.sign_in(&browser, name).await?;
        Ok(browser)
    }

    /// Whether a node knows the browser's session. Anything but yes and no is an error.
    pub(super) async fn is_in(&self, browser: &Browser, node: usize) -> Result<bool> {
        let page = browser.call(&self.nodes[node].at("/api/me")).await?;
        match page.status {
            StatusCode::OK => Ok(true),
            StatusCode::UNAUTHORIZED => Ok(false),
            other => anyhow::bail!("node {node} answered {other}: {}", page.body),
        }
    }

    /// How many sessions the user of this browser has.
    pub(super) async fn sessions(&self, browser: &Browser, node: usize) -> Result<usize> {
        browser.call(&self.nodes[node].at("/api/sessions")).await?.expect(StatusCode::OK)?.json()
    }

    /// A logout token for all sessions of whoever signed in last.
    pub(super) fn logout_token_for_all(&self) -> Result<String> {
        self.idp.logout_token(CLIENT).without("sid").sign().context("a logout token")
    }

    /// A logout token for whoever signed in last.
    pub(super) fn logout_token(&self) -> Result<String> {
        self.idp.logout_token(CLIENT).sign().context("a logout token")
    }
}
