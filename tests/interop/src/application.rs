//! The two example applications, as the provider and the operating system know them.

use std::net::{SocketAddr, TcpListener};
use std::time::Duration;

use anyhow::{Context as _, Result};
use reqwest::Client;
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio::process::Command;
use tokio::time::{sleep, timeout};
use url::Url;

use crate::process::{Process, build_folder};
use crate::relay::Relay;

const START_WITHIN: Duration = Duration::from_secs(30);
const BACKCHANNEL_LOGOUT: &str = "/auth/backchannel-logout";

const BETWEEN_TRIES: Duration = Duration::from_millis(20);

/// An example application: what it is called, where it listens.
#[derive(Debug, Clone)]
pub(crate) struct Application {
    /// The package, and so the program.
    pub(crate) name: &'static str,
    pub(crate) client_id: &'static str,
    pub(crate) secret: &'static str,
    cookie_key: &'static str,
    authentication: &'static str,
    pre_authorized: bool,
    base: Url,
    /// Where the provider sends logout tokens.
    pub(crate) relayed_logout: Url,
}

impl Application {
    /// Both, each on a port that was free a moment ago: an application is told its port before it listens.
    pub(crate) fn both(relay: &Relay) -> Result<[Self; 2]> {
        let listeners = [TcpListener::bind(("127.0.0.1", 0))?, TcpListener::bind(("127.0.0.1", 0))?];
        let [dashboard, docs_portal] = listeners.map(|listener| listener.local_addr());
        let base = |address: SocketAddr| Url::parse(&format!("http://{address}"));
        Ok([Self::dashboard(base(dashboard?)?, relay), Self::docs_portal(base(docs_portal?)?, relay)])
    }

    /// The dashboard. Its users are asked for their consent.
    fn dashboard(base: Url, relay: &Relay) -> Self {
        Self {
            name: "dashboard",
            client_id: "dashboard",
            secret: "the dashboard's secret: 100% +safe",
            cookie_key: "eoJgapFbQrCkxjbmXvcJFMLqdHUzUW4nfC9mYhO3alI",
            authentication: "client_secret_basic",
            pre_authorized: false,
            relayed_logout: relay.address_of(&at(&base, BACKCHANNEL_LOGOUT)),
            base,
        }
    }

    /// The documentation portal. The organisation has consented for all its users.
    fn docs_portal(base: Url, relay: &Relay) -> Self {
        Self {
            name: "docs-portal",
            client_id: "docs portal",
            secret: "the docs portal's secret: 100% +safe",
            cookie_key: "qiGWb8AKue2dktPIGO3hQ6hRhjFkqdBYaZmfdrzF6U8",
            authentication: "client_secret_post",
            pre_authorized: true,
            relayed_logout: relay.address_of(&at(&base, BACKCHANNEL_LOGOUT)),
            base,
        }
    }

    /// What a provider that offers these methods of client authentication is told of this client.
    pub(crate) fn registration(&self, offered: &[&str]) -> Value {
        let own = offered.iter().find(|method| **method == self.authentication);
        json!({
            "client_id": self.client_id,
            "client_secret": self.secret,
            "token_endpoint_auth_method": own.or(offered.first()),
            "redirect_uris": [self.url("/auth/callback").as_str()],
            "post_logout_redirect_uris": [self.url("/auth/logged-out").as_str()],
            "backchannel_logout_uri": self.relayed_logout,
            "pre_authorized": self.pre_authorized,
        })
    }

    /// Starts the program, and waits until it accepts connections.
    pub(crate) async fn start(&self, issuer: &Url) -> Result<Process> {
        let address = self.address();
        let mut command = Command::new(build_folder().join(self.name));
        command
            .env("ISSUER", issuer.as_str().trim_end_matches('/'))
            .env("CLIENT_ID", self.client_id)
            .env("CLIENT_SECRET", self.secret)
            .env("BASE_URL", self.base.as_str().trim_end_matches('/'))
            .env("LISTEN_ADDR", &address)
            .env("COOKIE_KEYS", self.cookie_key);
        let mut process = Process::start(self.name, &mut command)?;
        let accepting = async {
            while TcpStream::connect(&address).await.is_err() {
                process.check_alive()?;
                sleep(BETWEEN_TRIES).await;
            }
            anyhow::Ok(())
        };
        let outcome = timeout(START_WITHIN, accepting).await;
        outcome.with_context(|| format!("{} does not listen at {address}", self.name))??;
        Ok(process)
    }

    /// An address of the application.
    pub(crate) fn url(&self, path: &str) -> Url {
        at(&self.base, path)
    }

    /// Where logout tokens are heard.
    pub(crate) fn backchannel_logout(&self) -> Url {
        self.url(BACKCHANNEL_LOGOUT)
    }

    /// Sends a logout token as a provider does; returns the status of the answer.
    pub(crate) async fn receive(&self, logout_token: &str) -> Result<u16> {
        let http = Client::builder().no_proxy().build()?;
        let form = [("logout_token", logout_token)];
        Ok(http.post(self.backchannel_logout()).form(&form).send().await?.status().as_u16())
    }

    fn address(&self) -> String {
        let host = self.base.host_str().unwrap_or_default();
        format!("{host}:{}", self.base.port().unwrap_or_default())
    }
}

fn at(base: &Url, path: &str) -> Url {
    let mut url = base.clone();
    match path.split_once('?') {
        Some((path, query)) => {
            url.set_path(path);
            url.set_query(Some(query));
        }
        None => url.set_path(path),
    }
    url
}
