mod application;
mod logins;

use std::{
    collections::BTreeSet,
    fmt,
    path::PathBuf,
    sync::{Arc, atomic::AtomicBool},
    time::Duration,
};

use url::Url;
use vestibule::{AnyKind, AuthorizationRequest, Client, RedirectUri};

use super::{
    RelyingParty,
    sessions::{NoSessions, Sealed, SealedRevocable, Sessions, Stored},
};
use crate::{
    ConfigError,
    application::Application,
    cookie::{CookieKeys, CookieNames, Purpose, Sealer},
    endpoint::Endpoint,
    engine::Engine,
    http::is_plain_path,
    login_options::LoginOptions,
    pending,
    return_to::ReturnTo,
    revocation_queue::{self, Journal, RevocationQueue},
    session::{AuthoritySource, Flights, OpenedLately, Revalidation, SealedSessions, Watchers},
    settings::{Lifetimes, LogoutScope},
    spent_states::SpentStates,
    store::{NoStore, NodeStore, Realm, Retention, StoreBackend},
    upstream::{Relays, Upstream},
};

/// What a front end greets its user with.
const SESSION_CLAIMS: [&str; 8] = [
    "name",
    "given_name",
    "family_name",
    "preferred_username",
    "email",
    "email_verified",
    "picture",
    "locale",
];

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
    scopes: Option<Vec<String>>,
    customise: Option<Box<dyn FnOnce(AuthorizationRequest) -> AuthorizationRequest + Send>>,
    authority: AuthoritySource,
    lifetimes: Lifetimes,
    logout_scope: LogoutScope,
    logout_journal: Option<PathBuf>,
    revalidate_every: Option<Duration>,
    after_logout: Option<String>,
    application: Application,
    relays: Relays,
    session_claims: BTreeSet<String>,
    logins: LoginOptions,
    sessions: S,
}

impl RelyingPartyBuilder<NoSessions> {
    pub(super) fn new(client: Client<AnyKind>, base_url: String) -> Self {
        Self {
            client,
            base_url,
            prefix: "/auth".to_owned(),
            scopes: None,
            customise: None,
            authority: AuthoritySource::default(),
            lifetimes: Lifetimes::default(),
            logout_scope: LogoutScope::default(),
            logout_journal: None,
            revalidate_every: None,
            after_logout: None,
            application: Application::default(),
            relays: Relays::default(),
            session_claims: SESSION_CLAIMS.map(str::to_owned).into(),
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
        self.with_sessions(|_| Stored { backend: Arc::new(backend), keys })
    }

    /// Seals sessions in the browser's cookies, under these keys. There is no store then, and no token is kept.
    ///
    /// A session has the claims of the ID token and the application's data; access and refresh token end with the login,
    /// where [`on_login`](Self::on_login) may still use the former, and `offline_access` is not asked for. Its tokens
    /// cannot be kept besides:
    ///
    /// ```compile_fail
    /// # use vestibule_web::{CookieKeys, MemoryStore, RelyingParty};
    /// # fn f(app: vestibule::Client<vestibule::WebApp>, keys: CookieKeys) {
    /// let builder = RelyingParty::builder(app, "https://app.acme.example").sealed_sessions(keys.clone());
    /// let rp = builder.stored_sessions(MemoryStore::new(), keys).build();
    /// # }
    /// ```
    ///
    /// Without [`backchannel_logout`](RelyingPartyBuilder::backchannel_logout) a logout reaches no further than the browser
    /// in which it happens: nobody can remember it, and a copied cookie lives until its end. The time is then that of
    /// each node.
    ///
    /// All that is in a session has to fit into five cookies, some 14 KiB: a login that brings more is refused with
    /// `session.too_large`, and nothing is left out silently. Many servers take no more than 8 KiB of headers, so
    /// keep it well below that.
    ///
    /// ```
    /// # use vestibule_web::{ConfigError, CookieKeys, RelyingParty};
    /// # fn f(app: vestibule::Client<vestibule::WebApp>) -> Result<(), ConfigError> {
    /// let rp = RelyingParty::builder(app, "https://app.acme.example")
    ///     .sealed_sessions(CookieKeys::from_env("COOKIE_KEYS")?)
    ///     .build()?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn sealed_sessions(self, keys: CookieKeys) -> RelyingPartyBuilder<Sealed> {
        self.with_sessions(|_| Sealed { keys })
    }
}

impl RelyingPartyBuilder<Sealed> {
    /// Hears of logouts at the provider, and remembers them in `cutoffs`: how much that takes depends on how many logouts
    /// there are, not on how many sessions. Every request with a session asks it, and an outage answers 503.
    ///
    /// Naming that store is what switches the endpoint on:
    ///
    /// ```compile_fail
    /// # use vestibule_web::{CookieKeys, RelyingParty};
    /// # fn f(app: vestibule::Client<vestibule::WebApp>, keys: CookieKeys) {
    /// let builder = RelyingParty::builder(app, "https://app.acme.example").sealed_sessions(keys);
    /// let rp = builder.backchannel_logout().build();
    /// # }
    /// ```
    ///
    /// ```
    /// # use vestibule_web::{ConfigError, CookieKeys, MemoryStore, RelyingParty};
    /// # fn f(app: vestibule::Client<vestibule::WebApp>, keys: CookieKeys) -> Result<(), ConfigError> {
    /// let rp = RelyingParty::builder(app, "https://app.acme.example")
    ///     .sealed_sessions(keys)
    ///     .backchannel_logout(MemoryStore::new())
    ///     .build()?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// A store that comes back empty has forgotten logouts: it ends every session that began before. All nodes of an
    /// application need the same store; a [`MemoryStore`](crate::MemoryStore) is for one process.
    pub fn backchannel_logout(self, cutoffs: impl StoreBackend) -> RelyingPartyBuilder<SealedRevocable> {
        self.with_sessions(|Sealed { keys }| SealedRevocable { backend: Arc::new(cutoffs), keys })
    }
}

impl<S> RelyingPartyBuilder<S> {
    fn with_sessions<T>(self, sessions: impl FnOnce(S) -> T) -> RelyingPartyBuilder<T> {
        RelyingPartyBuilder {
            client: self.client,
            base_url: self.base_url,
            prefix: self.prefix,
            scopes: self.scopes,
            customise: self.customise,
            authority: self.authority,
            lifetimes: self.lifetimes,
            logout_scope: self.logout_scope,
            logout_journal: self.logout_journal,
            revalidate_every: self.revalidate_every,
            after_logout: self.after_logout,
            application: self.application,
            relays: self.relays,
            session_claims: self.session_claims,
            logins: self.logins,
            sessions: sessions(self.sessions),
        }
    }

    /// The client that it is built on.
    pub fn client(&self) -> &Client<AnyKind> {
        &self.client
    }

    /// Under which path the endpoints are mounted. Default: `/auth`.
    pub fn prefix(mut self, prefix: impl Into<String>) -> Self {
        self.prefix = prefix.into();
        self
    }

    /// The scopes to ask for beside `openid`. Default: `profile email`, and what makes the provider give a refresh token
    /// ([`AuthorizationRequest::refresh_token`]): `offline_access` at most of them.
    pub fn scopes<T: Into<String>>(mut self, scopes: impl IntoIterator<Item = T>) -> Self {
        self.scopes = Some(scopes.into_iter().map(Into::into).collect());
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

    /// Keeps logouts in this folder that the store could not take, for a process that is stopped before it does. The folder
    /// is made if it is not there; each process needs one of its own, on a disk that outlives it.
    ///
    /// A logout that the store does not take is answered with an error, is in effect in this process at once, and is
    /// offered to the store until that takes it, with the moment at which it was first heard. All that is forgotten with
    /// the process unless there is a journal: with it, the next one goes on before it serves its first request.
    ///
    /// A file has hashes and that moment, never a token or a name. A disk that fails makes logouts less durable, which the log
    /// tells, and fails no request. Building fails with [`ConfigError::LogoutJournal`] when the folder cannot be made or read.
    ///
    /// ```
    /// # use vestibule_web::{ConfigError, CookieKeys, MemoryStore, RelyingParty};
    /// # fn f(app: vestibule::Client<vestibule::WebApp>, keys: CookieKeys) -> Result<(), ConfigError> {
    /// let rp = RelyingParty::builder(app, "https://app.acme.example")
    ///     .stored_sessions(MemoryStore::new(), keys)
    ///     .logout_journal("/var/lib/dashboard/logouts")
    ///     .build()?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn logout_journal(mut self, folder: impl Into<PathBuf>) -> Self {
        self.logout_journal = Some(folder.into());
        self
    }

    /// The application's own page to show after a logout. Default: a plain page of the engine.
    pub fn after_logout(mut self, path: impl Into<String>) -> Self {
        self.after_logout = Some(path.into());
        self
    }

    /// Which claims of the ID token the [session endpoint](Endpoint::Session) tells scripts of the application's own pages.
    /// Default: `name`, `given_name`, `family_name`, `preferred_username`, `email`, `email_verified`, `picture` and
    /// `locale`.
    pub fn session_claims<T: Into<String>>(mut self, names: impl IntoIterator<Item = T>) -> Self {
        self.session_claims = names.into_iter().map(Into::into).collect();
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
}

macro_rules! build {
    ($($mode:ty),+) => { $(
        impl RelyingPartyBuilder<$mode> {
            /// Checks the description and makes the relying party. Touches neither network nor store.
            ///
            /// # Errors
            /// [`ConfigError`] names what is wrong.
            pub fn build(self) -> Result<RelyingParty, ConfigError> {
                self.with_sessions(Sessions::from).assemble()
            }
        }
    )+ };
}

build!(Stored, Sealed, SealedRevocable);

impl RelyingPartyBuilder<Sessions> {
    fn assemble(self) -> Result<RelyingParty, ConfigError> {
        let origin = origin(&self.base_url)?;
        let prefix = prefix(&self.prefix)?;
        if !self.relays.are_apart_from(&prefix) {
            return Err(ConfigError::Relay);
        }
        if self.sessions.are_sealed && !self.relays.is_empty() {
            return Err(ConfigError::RelayNeedsStore);
        }
        if self.revalidate_every.is_some_and(|every| every.is_zero() || self.sessions.are_sealed) {
            return Err(ConfigError::Revalidation);
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
        let Sessions { backend, keys, are_sealed } = self.sessions;
        let request = AuthorizationRequest::new(redirect_uri);
        let request = match self.scopes {
            Some(scopes) => {
                request.scopes(scopes.into_iter().filter(|scope| !are_sealed || scope != "offline_access"))
            }
            None if are_sealed => request.scopes(["profile", "email"]),
            None => request.scopes(["profile", "email"]).refresh_token(),
        };
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
        let journal = match self.logout_journal {
            // Nobody hears of logouts who could not remember them.
            Some(_) if backend.is_none() => return Err(ConfigError::LogoutJournal),
            Some(folder) => Some(Journal::open(folder, &realm).map_err(|_| ConfigError::LogoutJournal)?),
            None => None,
        };
        let queue = RevocationQueue::new(retention.cutoffs, Arc::clone(provider.random()), journal);
        let hears_logouts = backend.is_some();
        let store = match backend {
            Some(backend) => backend.open(&realm, retention),
            None => Arc::new(NoStore::new(Arc::clone(provider.clock()))),
        };
        let store = Arc::new(NodeStore::new(store, Arc::clone(provider.clock()), Arc::new(queue)));
        revocation_queue::ensure_running(&store);
        let sealer = |purpose| Sealer::new(&keys, purpose, Arc::clone(provider.random()));
        Ok(RelyingParty(Arc::new(Engine {
            sealed: are_sealed.then(|| SealedSessions {
                sealer: sealer(Purpose::Session),
                retention,
                hears_logouts,
                opened_lately: OpenedLately::default(),
            }),
            store,
            post_logout_redirect_uri: uri(Endpoint::LoggedOut)?,
            request: self.logins.prepare(request, secure)?,
            logins: self.logins,
            names: CookieNames::new(issuer, client_id, secure),
            pending_sealer: sealer(Purpose::PendingLogin),
            token_sealer: sealer(Purpose::Tokens),
            csrf_sealer: sealer(Purpose::Csrf),
            step_up_sealer: sealer(Purpose::StepUp),
            client: self.client,
            authority: self.authority,
            realm,
            origin,
            prefix,
            secure,
            lifetimes: self.lifetimes,
            logout_scope: self.logout_scope,
            revalidation: self.revalidate_every.map(Revalidation::new),
            after_logout,
            application: self.application,
            relays: self.relays,
            session_claims: self.session_claims,
            spent_states: SpentStates::default(),
            flights: Flights::default(),
            watchers: Watchers::default(),
            is_maintained: AtomicBool::new(false),
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

    #[test]
    fn what_cannot_be_confirmed_is_not_built() {
        let provider = TestProvider::new("https://op.example").unwrap();
        let app = || provider.provider().web_app("dashboard", ClientSecret::new("s"));
        let keys = CookieKeys::generate(app().provider().random().as_ref()).unwrap();
        let every = |span| RelyingParty::builder(app(), "https://app.example").revalidate_every(span);
        let minute = Duration::from_secs(60);
        for refused in [
            every(Duration::ZERO).stored_sessions(MemoryStore::new(), keys.clone()).build(),
            every(minute).sealed_sessions(keys.clone()).build(),
            every(minute).sealed_sessions(keys.clone()).backchannel_logout(MemoryStore::new()).build(),
        ] {
            assert_eq!(refused.unwrap_err(), ConfigError::Revalidation);
        }
        assert!(every(minute).stored_sessions(MemoryStore::new(), keys).build().is_ok());
    }
}
