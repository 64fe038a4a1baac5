//! Keycloak, with its database in a file.

mod admin;
mod install;
mod java;

use std::collections::HashMap;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context as _, Result, bail};
use reqwest::Client;
use tokio::time::{sleep, timeout};
use url::Url;
use vestibule_axum::vestibule::{AccessTokenPolicy, AuthorityClaims};

use self::admin::Admin;
use super::{PASSWORD, Prompt, Provider, Refresh};
use crate::application::Application;
use crate::browser::Page;
use crate::clients::{API, Clients, Probe, Robot, Terminal};
use crate::form::Form;
use crate::process::{Process, log_tail};

const REALM: &str = "acme";
const REALM_FILE: &str = include_str!("../../../keycloak/realm.json");
const READY_WITHIN: Duration = Duration::from_secs(180);
const BETWEEN_TRIES: Duration = Duration::from_millis(100);

/// The provider. It keeps sessions and keys over a restart.
#[derive(Debug)]
pub(crate) struct Keycloak {
    folder: PathBuf,
    clients: Clients,
    issuer: Url,
    /// What an administrator may do.
    pub(crate) admin: Admin,
    subjects: HashMap<String, String>,
    running: Option<Process>,
}

impl Provider for Keycloak {
    const NAME: &'static str = "keycloak";
    const CONFIRMS_LOGOUT: bool = false;
    const ENDS_NATIVE_LOGINS: bool = true;
    type Installation = PathBuf;

    async fn install() -> Result<(PathBuf, String)> {
        Ok((install::server().await?, install::VERSION.to_owned()))
    }

    async fn start(folder: PathBuf, clients: Clients) -> Result<Self> {
        install::lay_out(&folder, REALM_FILE)?;
        let port = TcpListener::bind(("127.0.0.1", 0))?.local_addr()?.port();
        let server = Url::parse(&format!("http://127.0.0.1:{port}"))?;
        let issuer = server.join(&format!("/realms/{REALM}"))?;
        let running = run(&folder, &issuer, &clients).await?;
        let admin = Admin::of(server)?;
        let subjects = admin.users().await?;
        Ok(Self { folder, clients, issuer, admin, subjects, running: Some(running) })
    }

    async fn stop(&mut self) -> Result<()> {
        self.running.take().context("the provider is not running")?.end().await
    }

    async fn start_again(&mut self) -> Result<()> {
        self.running = Some(run(&self.folder, &self.issuer, &self.clients).await?);
        Ok(())
    }

    async fn roll_keys(&mut self) -> Result<()> {
        self.admin.add_keys().await
    }

    fn issuer(&self) -> &Url {
        &self.issuer
    }

    /// `typ` is `JWT`, or `at+jwt` where a client is set so, as the probe is; there is no `client_id` in either case.
    fn access_tokens(&self) -> AccessTokenPolicy {
        AccessTokenPolicy::untyped()
    }

    fn authority(&self) -> AuthorityClaims {
        AuthorityClaims::keycloak(Probe::CLIENT_ID)
    }

    fn subject_of<'a>(&'a self, user: &'a str) -> Result<&'a str> {
        Ok(self.subjects.get(user).with_context(|| format!("the realm has no {user}"))?)
    }

    async fn set_access_token_lifetime(&self, seconds: u32) -> Result<()> {
        self.admin.set_access_token_lifetime(seconds).await
    }

    async fn refreshes(&self, application: &Application) -> Result<Vec<Refresh>> {
        self.admin.refreshes(application).await
    }

    fn answer(&self, page: &Page, user: &str) -> Result<(Prompt, Form)> {
        if let Ok(form) = page.form("/login-actions/authenticate") {
            return Ok((Prompt::Login, form.with("username", user).with("password", PASSWORD)));
        }
        if let Ok(form) = page.form("/login-actions/consent") {
            return Ok((Prompt::Consent, form.with("accept", "Yes")));
        }
        bail!("a page that nobody expected: {}", page.text());
    }
}

/// Starts the server and waits until it answers for the realm.
async fn run(folder: &Path, issuer: &Url, clients: &Clients) -> Result<Process> {
    let port = issuer.port().context("an issuer without a port")?;
    let mut command = java::command(folder);
    command
        .args(["start", "--optimized", "--import-realm", "--http-enabled=true", "--http-host=127.0.0.1"])
        .arg(format!("--http-port={port}"))
        .arg(format!("--hostname={}", issuer.origin().ascii_serialization()))
        .arg("--cache=local")
        .env("KC_BOOTSTRAP_ADMIN_CLIENT_ID", admin::CLIENT_ID)
        .env("KC_BOOTSTRAP_ADMIN_CLIENT_SECRET", admin::CLIENT_SECRET);
    for (prefix, application) in [("DASHBOARD", &clients.dashboard), ("DOCS_PORTAL", &clients.docs_portal)] {
        command
            .env(format!("{prefix}_ID"), application.client_id)
            .env(format!("{prefix}_SECRET"), application.secret)
            .env(format!("{prefix}_URL"), application.url("").as_str().trim_end_matches('/'))
            .env(format!("{prefix}_LOGOUT_URL"), application.relayed_logout.as_str());
    }
    let probe = &clients.probe;
    command
        .env("PROBE_ID", Probe::CLIENT_ID)
        .env("PROBE_KEYS", probe.public_keys().to_string().replace('"', "\\\""))
        .env("PROBE_URL", probe.base.as_str().trim_end_matches('/'))
        .env("PROBE_LOGOUT_URL", probe.relayed_logout.as_str())
        .env("ROBOT_ID", Robot::CLIENT_ID)
        .env("ROBOT_SECRET", Robot::SECRET)
        .env("TERMINAL_ID", Terminal::CLIENT_ID)
        .env("TERMINAL_URL", Terminal::REDIRECT_URI)
        .env("API", API);
    let mut process = Process::start(Keycloak::NAME, &mut command)?;
    let discovery = format!("{issuer}/.well-known/openid-configuration");
    let http = Client::builder().no_proxy().build()?;
    let answering = async {
        while !http.get(&discovery).send().await.is_ok_and(|answer| answer.status().is_success()) {
            process.check_alive()?;
            sleep(BETWEEN_TRIES).await;
        }
        anyhow::Ok(())
    };
    let outcome = timeout(READY_WITHIN, answering).await;
    outcome.with_context(|| format!("no answer in {READY_WITHIN:?}:\n{}", log_tail(Keycloak::NAME)))??;
    Ok(process)
}
