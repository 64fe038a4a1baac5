use anyhow::{Result, ensure};
use axum::Router;
use tokio::{net::TcpListener, task::JoinHandle};
use vestibule_axum::RelyingParty;
use vestibule_dev_idp::{DevIdp, User};

use super::{Browser, Page, register};
use crate::Settings;

/// One application and a provider, on free ports. A drop stops both.
#[derive(Debug)]
pub struct Stage {
    /// The provider. It knows `alice`, Alice Liddell.
    pub idp: DevIdp,
    url: String,
    server: JoinHandle<std::io::Result<()>>,
}

impl Stage {
    /// Starts both.
    ///
    /// # Errors
    /// When no port is free.
    pub async fn set(client_id: &str, app: impl FnOnce(&Settings, RelyingParty) -> Router) -> Result<Self> {
        let alice = User::new("alice").name("Alice Liddell").email("alice@acme.example");
        let idp = DevIdp::builder().user(alice).start()?;
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let url = format!("http://{}", listener.local_addr()?);
        let (settings, relying_party) = register(&idp, client_id, &url, Some("https://other.example"))?;
        let app = app(&settings, relying_party);
        let server = tokio::spawn(async move { axum::serve(listener, app).await });
        Ok(Self { idp, url, server })
    }

    /// An address of the application.
    pub fn at(&self, path: &str) -> String {
        format!("{}{path}", self.url)
    }

    /// Signs alice in with a new browser, which `path` sends to the login page and which ends there again.
    ///
    /// # Errors
    /// When it does not.
    pub async fn alice_at(&self, path: &str) -> Result<(Browser, Page)> {
        let browser = Browser::new()?;
        let login_page = browser.open(&self.at(path)).await?;
        let page = browser.sign_in(&login_page, "alice").await?;
        ensure!(page.url.as_str() == self.at(path), "the login ended at {}", page.url.path());
        Ok((browser, page))
    }
}

impl Drop for Stage {
    fn drop(&mut self) {
        self.server.abort();
    }
}
