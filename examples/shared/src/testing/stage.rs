use std::{io, net::TcpListener};

use anyhow::{Result, ensure};
use tokio::task::JoinHandle;
use vestibule_dev_idp::{DevIdp, User};
use vestibule_web::RelyingParty;

use super::{Browser, Page, register};
use crate::{Settings, SettingsError};

/// One application and a provider, on free ports. A drop stops both.
#[derive(Debug)]
pub struct Stage {
    /// The provider. It knows `alice`, Alice Liddell.
    pub idp: DevIdp,
    url: String,
    server: JoinHandle<io::Result<()>>,
}

impl Stage {
    /// Starts both. `serve` serves the application.
    ///
    /// # Errors
    /// When no port is free.
    pub fn set<F>(
        client_id: &str,
        serve: impl FnOnce(TcpListener, Settings, RelyingParty) -> F,
    ) -> Result<Self>
    where
        F: Future<Output = io::Result<()>> + Send + 'static,
    {
        let alice = User::new("alice").name("Alice Liddell").email("alice@acme.example");
        let idp = DevIdp::builder().user(alice).start()?;
        let listener = TcpListener::bind("127.0.0.1:0")?;
        let url = format!("http://{}", listener.local_addr()?);
        let (settings, relying_party) = register(&idp, client_id, &url, Some("https://other.example"))?;
        let server = tokio::spawn(serve(listener, settings, relying_party));
        Ok(Self { idp, url, server })
    }

    /// Starts both, for an application on axum.
    ///
    /// # Errors
    /// When no port is free.
    #[cfg(feature = "axum")]
    pub fn set_axum(
        client_id: &str,
        app: impl FnOnce(&Settings, RelyingParty) -> Result<axum::Router, SettingsError>,
    ) -> Result<Self> {
        Self::set(client_id, |listener, settings, relying_party| {
            let app = app(&settings, relying_party);
            async {
                crate::on_axum::serve_on(listener, app.map_err(io::Error::other)?, std::future::pending())
                    .await
            }
        })
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
