//! npm `oidc-provider`: certified, in memory only.

mod control;
mod install;
mod journal;

use std::path::PathBuf;

use anyhow::{Context as _, Result, bail};
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::process::Command;
use url::Url;
use vestibule_axum::vestibule::{AccessTokenPolicy, AuthorityClaims};

use self::control::Control;
use super::{PASSWORD, Prompt, Provider, Refresh};
use crate::application::Application;
use crate::browser::Page;
use crate::clients::{API, Clients, Probe, Robot, Terminal};
use crate::form::Form;
use crate::npm;
use crate::process::Process;

/// The provider. It calls its users by the name that they log in with.
#[derive(Debug)]
pub(crate) struct OidcProvider {
    folder: PathBuf,
    clients: Clients,
    issuer: Url,
    running: Option<Running>,
}

#[derive(Debug)]
struct Running {
    process: Process,
    control: Control,
}

#[derive(Deserialize)]
struct Listening {
    issuer: Url,
    control: Url,
}

/// How clients may authenticate, unless a scenario says otherwise.
const AUTHENTICATION: [&str; 4] = ["client_secret_basic", "client_secret_post", "private_key_jwt", "none"];

/// RFC 8628 section 3.4.
const DEVICE_CODE: &str = "urn:ietf:params:oauth:grant-type:device_code";

impl Provider for OidcProvider {
    const NAME: &'static str = "oidc-provider";
    const CONFIRMS_LOGOUT: bool = true;
    /// `offline_access` outlives the session there.
    const ENDS_NATIVE_LOGINS: bool = false;
    type Installation = PathBuf;

    async fn install() -> Result<(PathBuf, String)> {
        let folder = install::provider().await?;
        let version = npm::version_of(Self::NAME, &folder)?;
        Ok((folder, version))
    }

    async fn start(folder: PathBuf, clients: Clients) -> Result<Self> {
        let (issuer, running) = Running::start(&folder, 0, &AUTHENTICATION, &clients).await?;
        Ok(Self { folder, clients, issuer, running: Some(running) })
    }

    async fn stop(&mut self) -> Result<()> {
        self.running.take().context("the provider is not running")?.process.stop().await
    }

    async fn start_again(&mut self) -> Result<()> {
        self.start_offering(&AUTHENTICATION).await
    }

    /// Every start makes new ones.
    async fn roll_keys(&mut self) -> Result<()> {
        self.stop().await?;
        self.start_again().await
    }

    fn issuer(&self) -> &Url {
        &self.issuer
    }

    fn access_tokens(&self) -> AccessTokenPolicy {
        AccessTokenPolicy::rfc9068()
    }

    fn authority(&self) -> AuthorityClaims {
        AuthorityClaims::default()
    }

    fn subject_of<'a>(&'a self, user: &'a str) -> Result<&'a str> {
        Ok(user)
    }

    async fn set_access_token_lifetime(&self, seconds: u32) -> Result<()> {
        self.control()?.set_access_token_lifetime(seconds).await
    }

    async fn refreshes(&self, application: &Application) -> Result<Vec<Refresh>> {
        Ok(self.control()?.journal().await?.refreshes(application))
    }

    fn answer(&self, page: &Page, user: &str) -> Result<(Prompt, Form)> {
        let form = page.form("")?;
        Ok(match form.value_of("prompt") {
            Some("login") => (Prompt::Login, form.with("login", user).with("password", PASSWORD)),
            Some("consent") => (Prompt::Consent, form),
            None => (Prompt::Logout, page.form("/session/end/confirm")?.with("logout", "yes")),
            Some(other) => bail!("the provider asks for `{other}`"),
        })
    }
}

impl OidcProvider {
    /// Starts it again at the same issuer, with new keys and no memory; its metadata offers these methods of client
    /// authentication.
    pub(crate) async fn start_offering(&mut self, authentication: &[&str]) -> Result<()> {
        let port = self.issuer.port().context("an issuer without a port")?;
        let (_, running) = Running::start(&self.folder, port, authentication, &self.clients).await?;
        self.running = Some(running);
        Ok(())
    }

    /// How `application` authenticated when it last redeemed a code.
    pub(crate) async fn authentication_of(&self, application: &Application) -> Result<String> {
        self.control()?.journal().await?.authentication_of(application).context("no code was redeemed")
    }

    fn control(&self) -> Result<&Control> {
        Ok(&self.running.as_ref().context("the provider is not running")?.control)
    }
}

impl Running {
    /// On `port`; 0 means any.
    async fn start(
        folder: &PathBuf,
        port: u16,
        authentication: &[&str],
        clients: &Clients,
    ) -> Result<(Url, Self)> {
        let configuration = json!({
            "port": port,
            "client_auth_methods": authentication,
            "clients": registrations(clients, authentication),
            "api": API,
        });
        let mut node = Command::new("node");
        node.arg("provider.mjs").current_dir(folder).env("PROVIDER", configuration.to_string());
        let (process, listening) = Process::start_until(OidcProvider::NAME, &mut node, "listening").await?;
        let listening: Listening = serde_json::from_str(&listening)
            .with_context(|| format!("not a `listening` line: {listening}"))?;
        Ok((listening.issuer, Self { process, control: Control::at(listening.control)? }))
    }
}

/// What the provider is told of its clients; it offers these methods of client authentication.
fn registrations(clients: &Clients, authentication: &[&str]) -> [Value; 5] {
    let Clients { dashboard, docs_portal, probe } = clients;
    let at_probe = |path: &str| probe.base.join(path).ok();
    [
        dashboard.registration(authentication),
        docs_portal.registration(authentication),
        json!({
            "client_id": Probe::CLIENT_ID,
            "token_endpoint_auth_method": "private_key_jwt",
            "token_endpoint_auth_signing_alg": "ES256",
            "jwks": probe.public_keys(),
            "grant_types": ["authorization_code", "refresh_token", "client_credentials"],
            "redirect_uris": [at_probe("/auth/callback")],
            "backchannel_logout_uri": probe.relayed_logout,
            "pre_authorized": true,
        }),
        json!({
            "client_id": Robot::CLIENT_ID,
            "client_secret": Robot::SECRET,
            "token_endpoint_auth_method": authentication.first(),
            "grant_types": ["client_credentials"],
            "redirect_uris": [],
            "response_types": [],
        }),
        json!({
            "client_id": Terminal::CLIENT_ID,
            "application_type": "native",
            "token_endpoint_auth_method": "none",
            "grant_types": ["authorization_code", "refresh_token", DEVICE_CODE],
            "redirect_uris": [Terminal::REDIRECT_URI],
        }),
    ]
}
