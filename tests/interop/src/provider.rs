//! npm `oidc-provider`, in a process of its own.

use std::path::Path;

use anyhow::{Context as _, Result};
use serde::Deserialize;
use serde_json::json;
use tokio::process::Command;
use url::Url;

use crate::application::Application;
use crate::control::Control;
use crate::process::Process;

/// A running provider.
#[derive(Debug)]
pub(crate) struct Provider {
    pub(crate) issuer: Url,
    pub(crate) control: Control,
    process: Process,
}

#[derive(Deserialize)]
struct Listening {
    issuer: Url,
    control: Url,
}

impl Provider {
    /// Starts a provider with new keys and no memory of an earlier one, on `port` (0: any).
    ///
    /// `authentication`: the methods of client authentication that its metadata offers.
    pub(crate) async fn start(
        folder: &Path,
        port: u16,
        authentication: &[&str],
        applications: [&Application; 2],
    ) -> Result<Self> {
        let configuration = json!({
            "port": port,
            "client_auth_methods": authentication,
            "clients": applications.map(|application| application.registration(authentication)),
        });
        let mut node = Command::new("node");
        node.arg("provider.mjs").current_dir(folder).env("PROVIDER", configuration.to_string());
        let (process, listening) = Process::start_until("oidc-provider", &mut node, "listening").await?;
        let listening: Listening = serde_json::from_str(&listening)
            .with_context(|| format!("not a `listening` line: {listening}"))?;
        Ok(Self { issuer: listening.issuer, control: Control::at(listening.control)?, process })
    }

    /// Kills the provider and waits until it is gone.
    pub(crate) async fn stop(self) -> Result<()> {
        self.process.stop().await
    }
}
