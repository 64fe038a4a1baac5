//! How a provider is set up.

use std::collections::{BTreeMap, BTreeSet};
use std::net::{IpAddr, Ipv4Addr, SocketAddr, TcpListener};
use std::sync::Arc;
use std::time::Duration;

use crate::application::Application;
use crate::clock::Clock;
use crate::dev_idp::DevIdp;
use crate::error::StartError;
use crate::provider::Provider;
use crate::server::Server;
use crate::settings::{ClientAuthentication, Settings};
use crate::sid::{LogoutTokenContent, SidMode};
use crate::store::Environment;
use crate::user::User;

/// Sets up a [`DevIdp`].
#[derive(Clone, Debug)]
#[must_use = "call `start`"]
pub struct DevIdpBuilder {
    listen: String,
    users: Vec<User>,
    applications: Vec<Application>,
    clock: Clock,
    settings: Settings,
    sid_mode: SidMode,
    logout_token_content: LogoutTokenContent,
}

impl DevIdpBuilder {
    pub(crate) fn new() -> Self {
        Self {
            listen: "127.0.0.1:0".to_owned(),
            users: Vec::new(),
            applications: Vec::new(),
            clock: Clock::default(),
            settings: Settings::default(),
            sid_mode: SidMode::default(),
            logout_token_content: LogoutTokenContent::default(),
        }
    }

    /// Where to listen: a loopback address, or `localhost`, and a port. It makes the issuer. Default: `127.0.0.1:0`, a
    /// free port.
    pub fn listen(mut self, address: impl Into<String>) -> Self {
        self.listen = address.into();
        self
    }

    /// A user whom the login page offers.
    pub fn user(mut self, user: User) -> Self {
        self.users.push(user);
        self
    }

    /// An application. More can be added later with [`DevIdp::register`].
    pub fn application(mut self, application: Application) -> Self {
        self.applications.push(application);
        self
    }

    /// The clock. Default: the system's, which can still be set later.
    pub fn clock(mut self, clock: Clock) -> Self {
        self.clock = clock;
        self
    }

    /// The ways to authenticate a user that the provider tells apart, from the weakest to the strongest. Applications ask
    /// for one with `acr_values`; who is known by a weaker one only signs in once more. Default: none, so tokens have no
    /// `acr`.
    pub fn acr_values(mut self, values: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.settings.acr_values = values.into_iter().map(Into::into).collect();
        self
    }

    /// How clients may authenticate. Default: in both ways.
    pub fn client_authentication(mut self, ways: impl IntoIterator<Item = ClientAuthentication>) -> Self {
        self.settings.client_authentication = ways.into_iter().collect();
        self
    }

    /// How long an authorization code lives. Whole seconds count. Default: 10 minutes.
    pub fn code_lifetime(mut self, lifetime: Duration) -> Self {
        self.settings.code_lifetime = lifetime;
        self
    }

    /// How long a device code, and the user code that goes with it, live. Whole seconds count. Default: 10 minutes.
    pub fn device_code_lifetime(mut self, lifetime: Duration) -> Self {
        self.settings.device_code_lifetime = lifetime;
        self
    }

    /// How long a device must wait between two questions for its tokens, by the provider's clock. One that asks sooner
    /// is told to slow down, and has to wait 5 seconds longer from then on. Whole seconds count; with zero, any pace
    /// will do. Default: 5 seconds.
    pub fn device_interval(mut self, interval: Duration) -> Self {
        self.settings.device_interval = interval;
        self
    }

    /// Whether a refresh brings a new ID token. Default: true.
    pub fn id_token_on_refresh(mut self, sent: bool) -> Self {
        self.settings.id_token_on_refresh = sent;
        self
    }

    /// How often a logout token is sent until the application answers 200 or 204, and the pause after the first try,
    /// doubled after each further one. Default: 3 tries, 100 ms.
    pub fn logout_retry(mut self, tries: u32, back_off: Duration) -> Self {
        self.settings.logout_tries = tries.max(1);
        self.settings.logout_back_off = back_off;
        self
    }

    /// How long one try to deliver a logout token may take. Default: 5 seconds.
    pub fn logout_timeout(mut self, timeout: Duration) -> Self {
        self.settings.logout_timeout = timeout;
        self
    }

    /// Whom logout tokens name. Default: session and user.
    pub fn logout_token_content(mut self, content: LogoutTokenContent) -> Self {
        self.logout_token_content = content;
        self
    }

    /// Answers a logout request before the logout tokens are delivered, instead of after. Default: false.
    pub fn redirect_before_delivery(mut self, before: bool) -> Self {
        self.settings.redirect_before_delivery = before;
        self
    }

    /// For how long a refresh token that was used is still taken. Whole seconds count. Default: zero, so using one
    /// twice revokes its whole family.
    pub fn refresh_grace(mut self, grace: Duration) -> Self {
        self.settings.refresh_grace = grace;
        self
    }

    /// Whether authorization requests of web applications must use PKCE; those of native ones must in any case. Where
    /// it is used, it must be S256, always. Default: true.
    pub fn require_pkce(mut self, required: bool) -> Self {
        self.settings.require_pkce = required;
        self
    }

    /// How long a session lives at most. Whole seconds count. Default: 30 days.
    pub fn session_lifetime(mut self, lifetime: Duration) -> Self {
        self.settings.session_lifetime = lifetime;
        self
    }

    /// Which `sid` applications are told. Default: one for the session, shared by all.
    pub fn sid_mode(mut self, mode: SidMode) -> Self {
        self.sid_mode = mode;
        self
    }

    /// Whether a name that nobody seeded may be typed into the login page. Default: true.
    pub fn typed_users(mut self, allowed: bool) -> Self {
        self.settings.typed_users = allowed;
        self
    }

    /// Starts the provider. It answers requests when this returns.
    pub fn start(self) -> Result<DevIdp, StartError> {
        let users = by_login(self.users)?;
        let applications = by_client_id(self.applications)?;
        let (host, address) = loopback(&self.listen)?;
        let bound = |source| StartError::Bind { address, source };
        let listener = TcpListener::bind(address).map_err(bound)?;
        let port = listener.local_addr().map_err(bound)?.port();

        let mut environment = Environment::new(users, applications)?;
        environment.sid_mode = self.sid_mode;
        environment.logout_token_content = self.logout_token_content;
        let issuer = format!("http://{host}:{port}");
        let provider = Arc::new(Provider::new(issuer, self.settings, self.clock, environment));
        let server = Server::start(&provider, listener).map_err(StartError::Thread)?;
        Ok(DevIdp::new(provider, server))
    }
}

fn by_login(users: Vec<User>) -> Result<BTreeMap<String, User>, StartError> {
    let mut subjects = BTreeSet::new();
    let mut known = BTreeMap::new();
    for user in users {
        let login = user.login.clone();
        let new = subjects.insert(user.subject.clone());
        if known.insert(login.clone(), user).is_some() || !new {
            return Err(StartError::UserTwice { login });
        }
    }
    Ok(known)
}

fn by_client_id(applications: Vec<Application>) -> Result<BTreeMap<String, Application>, StartError> {
    let mut known = BTreeMap::new();
    for application in applications {
        application.check()?;
        let client_id = application.client_id.clone();
        if known.insert(client_id.clone(), application).is_some() {
            return Err(StartError::ApplicationTwice { client_id });
        }
    }
    Ok(known)
}

/// The issuer's host and the address to bind.
fn loopback(listen: &str) -> Result<(String, SocketAddr), StartError> {
    let malformed = || StartError::ListenAddress { address: listen.to_owned() };
    if let Some(port) = listen.strip_prefix("localhost:") {
        let port = port.parse().map_err(|_| malformed())?;
        return Ok(("localhost".to_owned(), SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), port)));
    }
    let address: SocketAddr = listen.parse().map_err(|_| malformed())?;
    if !address.ip().is_loopback() {
        return Err(StartError::NotLoopback { address });
    }
    let host = match address.ip() {
        IpAddr::V4(ip) => ip.to_string(),
        IpAddr::V6(ip) => format!("[{ip}]"),
    };
    Ok((host, address))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_loopback_is_listened_on() {
        let code = |listen: &str| loopback(listen).map_err(|error| error.code());
        assert_eq!(code("127.0.0.1:9000").unwrap().0, "127.0.0.1");
        assert_eq!(code("[::1]:9000").unwrap().0, "[::1]");
        assert_eq!(
            code("localhost:9000").unwrap(),
            ("localhost".to_owned(), "127.0.0.1:9000".parse().unwrap())
        );
        assert_eq!(code("0.0.0.0:9000"), Err("start.not_loopback"));
        assert_eq!(code("192.168.1.1:9000"), Err("start.not_loopback"));
        assert_eq!(code("[::]:9000"), Err("start.not_loopback"));
        assert_eq!(code("9000"), Err("start.listen_address"));
        assert_eq!(code("localhost:http"), Err("start.listen_address"));
    }
}
