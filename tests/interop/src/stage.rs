//! A provider and the two applications, running.

use anyhow::Result;
use reqwest::StatusCode;

use crate::application::Application;
use crate::browser::Browser;
use crate::clients::Clients;
use crate::probe::{self, Probe};
use crate::process::{self, Process, log_tail};
use crate::provider::Provider;
use crate::relay::{Delivery, Relay};
use crate::report::{Report, Stopped};

/// Everything that runs. A drop kills it.
#[derive(Debug)]
pub(crate) struct Stage<P> {
    pub(crate) dashboard: Application,
    pub(crate) docs_portal: Application,
    pub(crate) provider: P,
    pub(crate) relay: Relay,
    pub(crate) clients: Clients,
    pub(crate) probe: Probe,
    running: Vec<Process>,
}

impl<P: Provider> Stage<P> {
    /// Starts everything.
    pub(crate) async fn set(report: &mut Report) -> Result<Self, Stopped> {
        report.part(P::NAME);
        let (installation, version) = report.step("it is installed", P::install()).await?;
        let provider = async {
            let relay = Relay::start().await?;
            let (listener, at) = probe::listener().await?;
            let clients = Clients::new(at, &relay)?;
            let provider = P::start(installation, clients.clone()).await?;
            let (policy, authority) = (provider.access_tokens(), provider.authority());
            let probe = Probe::start(listener, &clients.probe, provider.issuer(), policy, authority)?;
            let (dashboard, docs_portal) = (clients.dashboard.clone(), clients.docs_portal.clone());
            Ok(Self { dashboard, docs_portal, provider, relay, clients, probe, running: Vec::new() })
        };
        let mut stage = report.step(format!("version {version} starts"), provider).await?;
        report.step("the dashboard and the docs portal start", stage.start_applications()).await?;
        Ok(stage)
    }

    /// Starts both applications; earlier ones are stopped, and their sessions with them.
    pub(crate) async fn start_applications(&mut self) -> Result<()> {
        for process in self.running.drain(..) {
            process.stop().await?;
        }
        for application in [&self.dashboard, &self.docs_portal] {
            self.running.push(application.start(self.provider.issuer()).await?);
            Browser::new()?.open(application.url("/")).await?.expect(StatusCode::OK)?;
        }
        Ok(())
    }

    /// The logout tokens that the provider sent to `application`, oldest first.
    pub(crate) fn logout_tokens(&self, application: &Application) -> Vec<Delivery> {
        self.relay.deliveries_to(&application.backchannel_logout())
    }

    /// Prints the end of each log.
    pub(crate) fn print_log_tails(&self) {
        for name in [P::NAME, self.dashboard.name, self.docs_portal.name] {
            println!("\n--- {name}\n{}", log_tail(name));
        }
        println!("\nWhole logs: {}", process::work_folder().display());
    }
}
