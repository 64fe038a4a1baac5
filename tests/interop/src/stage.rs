//! The provider and the two applications, running.

use std::path::PathBuf;

use anyhow::{Context as _, Result};
use reqwest::StatusCode;
use url::Url;

use crate::application::Application;
use crate::browser::Browser;
use crate::control::Control;
use crate::journal::Journal;
use crate::process::{self, Process, log_tail};
use crate::provider::Provider;
use crate::report::{Report, Stopped};
use crate::{install, process::clear_logs};

/// Everything that runs. A drop kills it.
#[derive(Debug)]
pub(crate) struct Stage {
    pub(crate) dashboard: Application,
    pub(crate) docs_portal: Application,
    pub(crate) issuer: Url,
    folder: PathBuf,
    provider: Option<Provider>,
    running: Vec<Process>,
}

impl Stage {
    /// Starts everything.
    pub(crate) async fn set(report: &mut Report) -> Result<Self, Stopped> {
        let install = async {
            clear_logs()?;
            let folder = install::provider().await?;
            let version = install::version_of("oidc-provider", &folder)?;
            Ok((folder, version))
        };
        let (folder, version) = report.step("the provider's npm packages are installed", install).await?;
        let provider = async {
            let [dashboard, docs_portal] = Application::both()?;
            let methods = ["client_secret_basic", "client_secret_post"];
            let provider = Provider::start(&folder, 0, &methods, [&dashboard, &docs_portal]).await?;
            let issuer = provider.issuer.clone();
            Ok(Self { dashboard, docs_portal, issuer, folder, provider: Some(provider), running: Vec::new() })
        };
        let mut stage = report.step(format!("oidc-provider {version} starts"), provider).await?;
        report.step("the dashboard and the docs portal start", stage.start_applications()).await?;
        Ok(stage)
    }

    /// Starts both applications; earlier ones are stopped, and their sessions with them.
    pub(crate) async fn start_applications(&mut self) -> Result<()> {
        for process in self.running.drain(..) {
            process.stop().await?;
        }
        for application in [&self.dashboard, &self.docs_portal] {
            self.running.push(application.start(&self.issuer).await?);
            Browser::new()?.open(application.url("/")).await?.expect(StatusCode::OK)?;
        }
        Ok(())
    }

    /// Stops the provider.
    pub(crate) async fn stop_provider(&mut self) -> Result<()> {
        self.provider.take().context("the provider is not running")?.stop().await
    }

    /// Starts the provider again at the same issuer, with new keys and no memory.
    pub(crate) async fn start_provider(&mut self, authentication: &[&str]) -> Result<()> {
        let port = self.issuer.port().context("an issuer without a port")?;
        let applications = [&self.dashboard, &self.docs_portal];
        self.provider = Some(Provider::start(&self.folder, port, authentication, applications).await?);
        Ok(())
    }

    /// The door to the running provider.
    pub(crate) fn control(&self) -> Result<&Control> {
        Ok(&self.provider.as_ref().context("the provider is not running")?.control)
    }

    /// What the running provider did since its start.
    pub(crate) async fn journal(&self) -> Result<Journal> {
        self.control()?.journal().await
    }

    /// Prints the end of each log.
    pub(crate) fn print_log_tails(&self) {
        for name in ["oidc-provider", self.dashboard.name, self.docs_portal.name] {
            println!("\n--- {name}\n{}", log_tail(name));
        }
        println!("\nWhole logs: {}", process::work_folder().display());
    }
}
