mod logins;

use std::{fmt, sync::Arc, time::Duration};

use url::Url;
use vestibule::{AnyKind, AuthorityClaims, AuthorizationRequest, Client, RedirectUri};

use super::RelyingParty;
use crate::{
    ConfigError,
    cookie::{CookieKeys, CookieNames, Purpose, Sealer},
    endpoint::Endpoint,
    engine::{BoxError, Engine, OnLogin},
    http::is_plain_path,
    login_options::LoginOptions,
    pending,
    return_to::ReturnTo,
    session::{Flights, Watchers},
    settings::{Lifetimes, LoginAttempt, LoginVerdict, LogoutScope},
    spent_states::SpentStates,
    store::{Deadline, Realm, Retention, StoreBackend},
    unconfirmed_logouts::UnconfirmedLogouts,
    upstream::{Relays, Upstream},
};

/// Describes a relying party. Where its sessions live must be said before it can be built; all else has defaults.
///
/// ```compile_fail
/// # fn f(app: vestibule::Client<vestibule::WebApp>) {
/// let rp = vestibule_web::RelyingParty::builder(app, "https://app.acme.example").build();
/// # }
/// ```
#[must_use]
pub struct RelyingPartyBuilder<S> {
    client: Client<AnyKind>,
    base_url: String,
    prefix: String,
    scopes: Vec<String>,
    customise: Option<Box<dyn FnOnce(AuthorizationRequest) -> AuthorizationRequest + Send>>,
    authority: AuthorityClaims,
    lifetimes: Lifetimes,
    logout_scope: LogoutScope,
    after_logout: Option<String>,
    on_login: Option<OnLogin>,
    relays: Relays,
    logins: LoginOptions,
    sessions: S,
}

/// Where sessions live has not been said yet.
#[derive(Debug)]
pub struct NoSessions;

/// Sessions live in a store; the browser holds a random handle.
pub struct Stored {
    backend: Arc<dyn StoreBackend>,
    keys: CookieKeys,
}

impl fmt::Debug for Stored {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Stored").field("backend", &self.backend).finish_non_exhaustive()
    }
}

impl RelyingPartyBuilder<NoSessions> {
    pub(super) fn new(client: Client<AnyKind>, base_url: String) -> Self {
        Self {
            client,
            base_url,
            prefix: "/auth".to_owned(),
            scopes: ["profile", "email", "offline_access"].map(str::to_owned).to_vec(),
            customise: None,
            authority: AuthorityClaims::default(),
            lifetimes: Lifetimes::default(),
            logout_scope: LogoutScope::default(),
            after_logout: None,
            on_login: None,
            relays: Relays::default(),
            logins: LoginOptions::default(),
            sessions: NoSessions,
        }
    }

    /// Keeps sessions in a store. The keys seal pending logins, and tokens inside the store.
    ///
    /// A reply of the store that takes longer than two seconds counts as a failure of the store.
    pub fn stored_sessions(
        self,
        backend: impl StoreBackend,
        keys: CookieKeys,
    ) -> RelyingPartyBuilder<Stored> {
        RelyingPartyBuilder {
            client: self.client,
            base_url: self.base_url,
            prefix: self.prefix,
            scopes: self.scopes,
            customise: self.customise,
            authority: self.authority,
            lifetimes: self.lifetimes,
            logout_scope: self.logout_scope,
            after_logout: self.after_logout,
            on_login: self.on_login,
            relays: self.relays,
            logins: self.logins,
            sessions: Stored { backend: Arc::new(backend), keys },
        }
    }
}

impl<S> RelyingPartyBuilder<S> {
    /// Under which path the endpoints are mounted. Default: `/auth`.
    pub fn prefix(mut self, prefix: impl Into<String>) -> Self {
        self.prefix = prefix.into();
        self
    }

    /// The scopes to ask for beside `openid`. Default: `profile email offline_access`.
    pub fn scopes<T: Into<String>>(mut self, scopes: impl IntoIterator<Item = T>) -> Self {
        self.scopes = scopes.into_iter().map(Into::into).collect();
        self
    }

    /// Adds to every authorization request: an organization, a domain hint, a `max_age`.
    pub fn authorization(
        mut self,
        customise: impl FnOnce(AuthorizationRequest) -> AuthorizationRequest + Send + 'static,
    ) -> Self {
        self.customise = Some(Box::new(customise));
        self
    }

    /// In which claims of the ID token the provider tells what a user may do. Default: [`AuthorityClaims::default`].
    ///
    /// Scopes are those that the token endpoint granted, wherever these claims put them.
    pub fn authority(mut self, claims: AuthorityClaims) -> Self {
        self.authority = claims;
        self
    }

    /// How long sessions live. Default: 30 minutes unused, 12 hours in all.
    pub fn lifetimes(mut self, lifetimes: Lifetimes) -> Self {
        self.lifetimes = lifetimes;
        self
    }

    /// Whom a logout token with both `sid` and `sub` strikes. Default: the `sid`.
    pub fn logout_scope(mut self, scope: LogoutScope) -> Self {
        self.logout_scope = scope;
        self
    }

    /// The application's own page to show after a logout. Default: a plain page of the engine.
    pub fn after_logout(mut self, path: impl Into<String>) -> Self {
        self.after_logout = Some(path.into());
        self
    }

    /// Lets scripts of the application's own pages call an API below `path`, with the user's access token in place of the
    /// session cookie (RFC 10017: a backend for a front end). The token never reaches the browser.
    ///
    /// A call must have the header `X-Requested-With` with any value, and come from this origin; else it gets 403. Cookies,
    /// credentials and connection headers stay here in both directions.
    ///
    /// ```
    /// # use vestibule_web::*;
    /// # fn f(rp: RelyingPartyBuilder<Stored>) -> Result<RelyingParty, ConfigError> {
    /// let rp = rp.relay("/api/orders", Upstream::at("https://api.acme.example/v1/orders")?).build()?;
    /// // fetch("/api/orders/open", { headers: { "X-Requested-With": "fetch" } })
    /// # Ok(rp)
    /// # }
    /// ```
    pub fn relay(mut self, path: impl Into<String>, upstream: Upstream) -> Self {
        self.relays.add(path.into(), upstream);
        self
    }

    /// Looks at every login before a session is made: to provision the user, or to refuse them.
    ///
    /// An error answers 503 and makes no session.
    pub fn on_login<F, Fut, E>(mut self, on_login: F) -> Self
    where
        F: Fn(LoginAttempt) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<LoginVerdict, E>> + Send + 'static,
        E: Into<BoxError>,
    {
        self.on_login = Some(Arc::new(move |attempt| {
            let verdict = on_login(attempt);
            Box::pin(async move { verdict.await.map_err(Into::into) })
        }));
        self
    }
}

impl RelyingPartyBuilder<Stored> {
    /// Checks the description and makes the relying party. Touches neither network nor store.
    ///
    /// # Errors
    /// [`ConfigError`] names what is wrong.
    pub fn build(self) -> Result<RelyingParty, ConfigError> {
        let origin = origin(&self.base_url)?;
        let prefix = prefix(&self.prefix)?;
        if !self.relays.are_apart_from(&prefix) {
            return Err(ConfigError::Relay);
        }
        let Lifetimes { idle, absolute } = self.lifetimes;
        if idle.is_zero() || idle > absolute {
            return Err(ConfigError::Lifetimes);
        }
        let after_logout = match self.after_logout {
            Some(path) => Some(ReturnTo::parse(&path, &origin).ok_or(ConfigError::AfterLogout)?),
            None => None,
        };
        let base = self.base_url.trim_end_matches('/');
        let uri = |endpoint: Endpoint| {
            RedirectUri::new(format!("{base}{prefix}/{}", endpoint.name())).map_err(|_| ConfigError::BaseUrl)
        };
        let redirect_uri = uri(Endpoint::Callback)?;
        let request = AuthorizationRequest::new(redirect_uri).scopes(self.scopes);
        let request = match self.customise {
            Some(customise) => customise(request),
            None => request,
        };
        let provider = self.client.provider();
        let (issuer, client_id) = (provider.issuer().as_str(), self.client.client_id());
        let secure = origin.scheme() == "https";
        let realm = Realm::new(issuer, client_id);
        let retention = Retention {
            cutoffs: absolute.saturating_add(Duration::from_secs(pending::LIFETIME + 600)),
            logout_ids: Duration::from_secs(30 * 60),
        };
        let sealer = |purpose| Sealer::new(&self.sessions.keys, purpose, Arc::clone(provider.random()));
        Ok(RelyingParty(Arc::new(Engine {
            store: Arc::new(Deadline(self.sessions.backend.open(&realm, retention))),
            post_logout_redirect_uri: uri(Endpoint::LoggedOut)?,
            request: self.logins.prepare(request, secure)?,
            logins: self.logins,
            names: CookieNames::new(issuer, client_id, secure),
            pending_sealer: sealer(Purpose::PendingLogin),
            token_sealer: sealer(Purpose::Tokens),
            csrf_sealer: sealer(Purpose::Csrf),
            client: self.client,
            authority: self.authority,
            realm,
            origin,
            prefix,
            secure,
            lifetimes: self.lifetimes,
            logout_scope: self.logout_scope,
            after_logout,
            on_login: self.on_login,
            relays: self.relays,
            spent_states: SpentStates::default(),
            unconfirmed_logouts: UnconfirmedLogouts::default(),
            flights: Flights::default(),
            watchers: Watchers::default(),
            maintenance: std::sync::Once::new(),
        })))
    }
}

fn origin(base_url: &str) -> Result<Url, ConfigError> {
    let url = Url::parse(base_url).map_err(|_| ConfigError::BaseUrl)?;
    // A redirect URI is held to the same rules: https, or http on a loopback host.
    RedirectUri::new(base_url).map_err(|_| ConfigError::BaseUrl)?;
    let bare = url.path() == "/" && url.query().is_none();
    if bare { Ok(url) } else { Err(ConfigError::BaseUrl) }
}

fn prefix(prefix: &str) -> Result<String, ConfigError> {
    if is_plain_path(prefix) { Ok(prefix.to_owned()) } else { Err(ConfigError::Prefix) }
}

impl<S: fmt::Debug> fmt::Debug for RelyingPartyBuilder<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RelyingPartyBuilder")
            .field("client", &self.client)
            .field("base_url", &self.base_url)
            .field("sessions", &self.sessions)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use vestibule::{ClientSecret, testing::TestProvider};

    use super::*;
    use crate::MemoryStore;

    #[test]
    fn d10_a_lifetime_without_end_is_no_panic() {
        let provider = TestProvider::new("https://op.example").unwrap();
        let app = provider.provider().web_app("dashboard", ClientSecret::new("s"));
        let keys = CookieKeys::generate(app.provider().random().as_ref()).unwrap();
        let lifetimes = Lifetimes { idle: Duration::MAX, absolute: Duration::MAX };
        let built = RelyingParty::builder(app, "https://app.example")
            .stored_sessions(MemoryStore::new(), keys)
            .lifetimes(lifetimes)
            .build();
        assert!(built.is_ok());
    }
}
