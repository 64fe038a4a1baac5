use std::{
    cell::{Cell, RefCell},
    ops::Deref,
    rc::Rc,
    sync::Arc,
    time::Duration,
};

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use vestibule::{
    ClientSecret, Provider, Random,
    testing::{SeededRandom, TestClock},
};
use vestibule_web::{
    Api, ConfigError, CookieKeys, MemoryStore, NoSessions, RelyingParty, RelyingPartyBuilder,
    conformance::Faulty,
    store::{Realm, StoreBackend},
};

use crate::{
    Browser, Calls, Exchange, IdentityProvider, Mount, Node, Snapshot, State, Transcript, leaks, meter,
    node::Surroundings,
    provider::{ISSUER, Registration},
    several::BOTH,
    state, trace,
};

/// The client id of the application that a world starts with.
pub const DASHBOARD: &str = "dashboard";
/// The client id of its neighbour at the same provider.
pub const DOCS: &str = "docs";

/// The identifier of the application's API.
pub const API: &str = "https://api.acme.example";

/// A cookie key, for each number. A world's application has number 0 alone.
///
/// # Panics
/// Never.
pub fn cookie_key(number: u64) -> String {
    let mut key = [0; 32];
    SeededRandom::new(1_000 + number).fill(&mut key).expect("seeded bytes");
    BASE64_URL_SAFE_NO_PAD.encode(key)
}

/// Where an application's sessions live.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sessions {
    /// In the world's store.
    Stored,
    /// Sealed in cookies, and no more.
    Sealed,
    /// Sealed in cookies; the world's store remembers logouts.
    SealedRevocable,
}

/// The settings that a test adds to a relying party.
pub type Setup = dyn Fn(RelyingPartyBuilder<NoSessions>) -> RelyingPartyBuilder<NoSessions>;

/// The API of an application, at its provider and beside its relying party.
pub(crate) type ApiSetup = dyn Fn(&Provider, &RelyingParty) -> Api;

/// An API that hears of logouts, if its application does.
pub(crate) fn an_api(provider: &Provider, relying_party: &RelyingParty) -> Api {
    let resource_server = provider.resource_server(API).build().expect("a resource server");
    let api = || Api::builder(resource_server.clone(), API).scopes(["orders:read"]);
    match api().revocable_by(relying_party).build() {
        Err(ConfigError::NoLogouts) => api().build(),
        built => built,
    }
    .expect("an API")
}

/// A provider, an application that trusts it, and one clock for all. As a [`Node`] it is the application's first one.
pub struct World {
    node: Node,
    mount: &'static dyn Mount,
    sessions: Sessions,
    setup: Rc<Setup>,
    api: Rc<ApiSetup>,
    store: Faulty,
    memory: MemoryStore,
    keys: CookieKeys,
    seed: Cell<u64>,
    surroundings: Surroundings,
    others: RefCell<Vec<IdentityProvider>>,
}

impl World {
    /// A world with default settings.
    pub async fn new(mount: &'static dyn Mount) -> Self {
        Self::with(mount, |rp| rp).await
    }

    /// A world whose application has other settings.
    pub async fn with(
        mount: &'static dyn Mount,
        setup: impl Fn(RelyingPartyBuilder<NoSessions>) -> RelyingPartyBuilder<NoSessions> + 'static,
    ) -> Self {
        Self::with_sessions(mount, Sessions::Stored, setup).await
    }

    /// A world whose application keeps sessions elsewhere, and has other settings.
    pub async fn with_sessions(
        mount: &'static dyn Mount,
        sessions: Sessions,
        setup: impl Fn(RelyingPartyBuilder<NoSessions>) -> RelyingPartyBuilder<NoSessions> + 'static,
    ) -> Self {
        Self::of(mount, sessions, Rc::new(setup), Rc::new(an_api), None).await
    }

    /// A world whose application has its first node at this store. [`state`](Self::state) knows nothing of it, and its time
    /// is its own.
    pub async fn over(
        mount: &'static dyn Mount,
        sessions: Sessions,
        store: Arc<dyn StoreBackend>,
        setup: impl Fn(RelyingPartyBuilder<NoSessions>) -> RelyingPartyBuilder<NoSessions> + 'static,
    ) -> Self {
        Self::of(mount, sessions, Rc::new(setup), Rc::new(an_api), Some(store)).await
    }

    /// A world whose application has another API.
    pub async fn with_api(
        mount: &'static dyn Mount,
        api: impl Fn(&Provider, &RelyingParty) -> Api + 'static,
    ) -> Self {
        Self::of(mount, Sessions::Stored, Rc::new(|rp| rp), Rc::new(api), None).await
    }

    async fn of(
        mount: &'static dyn Mount,
        sessions: Sessions,
        setup: Rc<Setup>,
        api: Rc<ApiSetup>,
        store: Option<Arc<dyn StoreBackend>>,
    ) -> Self {
        trace::start();
        meter::start();
        let clock = TestClock::default();
        let provider = IdentityProvider::new(&clock, ISSUER, 1);
        for client_id in [DASHBOARD, DOCS] {
            let origin = origin(client_id);
            let registration = Registration {
                secret: format!("canary-secret-of-{client_id}"),
                redirect_uri: format!("{origin}/auth/callback"),
                post_logout_redirect_uri: format!("{origin}/auth/logged-out"),
            };
            provider.register(client_id, registration);
        }
        let memory = MemoryStore::builder().clock(Arc::new(clock.clone())).build();
        let store = Faulty::new(store.unwrap_or_else(|| Arc::new(memory.clone())));
        let keys = CookieKeys::from_base64(&cookie_key(0)).expect("a key");
        let surroundings = Surroundings { provider, clock, transcript: Transcript::default() };
        let parts = Parts {
            mount,
            sessions,
            setup: &*setup,
            api: &*api,
            store: &store,
            keys: &keys,
            seed: 3,
            surroundings: &surroundings,
        };
        let node = parts.start(DASHBOARD).await;
        Self {
            node,
            mount,
            sessions,
            setup,
            api,
            store,
            memory,
            keys,
            seed: Cell::new(4),
            surroundings,
            others: RefCell::default(),
        }
    }

    /// Another node of the same application: a process of its own over the same store and keys.
    pub async fn second_node(&self) -> Node {
        self.parts().start(DASHBOARD).await
    }

    /// Another node of the same application, with a way of its own to the store and a clock of its own.
    pub async fn node_over(&self, store: Arc<dyn StoreBackend>, clock: &TestClock) -> Node {
        let (store, clock) = (Faulty::new(store), clock.clone());
        let surroundings = Surroundings { clock, ..self.surroundings.clone() };
        Parts { store: &store, surroundings: &surroundings, ..self.parts() }.start(DASHBOARD).await
    }

    /// Another node of the same application, with other cookie keys.
    pub async fn node_with_keys(&self, keys: &CookieKeys) -> Node {
        Parts { keys, ..self.parts() }.start(DASHBOARD).await
    }

    /// Another application at the same provider, on another host.
    pub async fn other_application(&self) -> Node {
        self.parts().start(DOCS).await
    }

    fn parts(&self) -> Parts<'_> {
        let seed = self.seed.replace(self.seed.get() + 1);
        Parts {
            mount: self.mount,
            sessions: self.sessions,
            setup: &*self.setup,
            api: &*self.api,
            store: &self.store,
            keys: &self.keys,
            seed,
            surroundings: &self.surroundings,
        }
    }

    pub(crate) fn surroundings(&self) -> &Surroundings {
        &self.surroundings
    }

    pub(crate) fn mount(&self) -> &'static dyn Mount {
        self.mount
    }

    pub(crate) fn store_and_keys(&self) -> (Faulty, CookieKeys) {
        (self.store.clone(), self.keys.clone())
    }

    pub(crate) fn others(&self) -> Vec<IdentityProvider> {
        self.others.borrow().clone()
    }

    pub(crate) fn also_has(&self, provider: IdentityProvider) {
        self.others.borrow_mut().push(provider);
    }

    /// A browser in which this user is logged in to the application.
    pub async fn login(&self, user: &str) -> Browser {
        let browser = Browser::new(user);
        browser.log_in(&self.node).await;
        browser
    }

    /// Plays the provider's login page for a browser: the callback URL.
    ///
    /// # Errors
    /// As [`IdentityProvider::authorize`].
    pub fn authorize(
        &self,
        browser: &Browser,
        url: &str,
    ) -> Result<String, crate::provider::AuthorizationRefused> {
        self.surroundings.provider.authorize(browser, url)
    }

    /// Lets time pass, everywhere.
    pub fn advance(&self, span: Duration) {
        self.surroundings.clock.advance(span);
    }

    /// From now on time passes everywhere as it does for tokio, a twentieth of a second at a time.
    pub fn let_time_run(&self) {
        const TICK: Duration = Duration::from_millis(5);
        let clock = self.surroundings.clock.clone();
        tokio::spawn(async move {
            let start = tokio::time::Instant::now();
            let mut told = Duration::ZERO;
            loop {
                tokio::time::sleep(TICK).await;
                // By what has really passed: a clock that falls behind would hear of logouts too early.
                let passed = start.elapsed();
                clock.advance(passed.saturating_sub(told));
                told = passed;
            }
        });
    }

    /// The session store, to make it fail.
    pub fn store(&self) -> &Faulty {
        &self.store
    }

    /// What is in the store.
    pub async fn state(&self) -> State {
        let of = |issuer: &String| [DASHBOARD, DOCS, BOTH].map(|client_id| Realm::new(issuer, client_id));
        let realms: Vec<_> = self.issuers().iter().flat_map(of).collect();
        state::read(&self.memory, &realms).await
    }

    /// Lets every task run until it has nothing to do: with the runtime's time paused, this passes at once.
    pub async fn settle(&self) {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }

    /// State, writes and calls at this moment. What runs in the background may go on: [`settle`](Self::settle) first
    /// where that matters.
    pub async fn snapshot(&self) -> Snapshot {
        Snapshot { state: self.state().await, writes: state::writes(&self.store), calls: self.calls() }
    }

    /// How often the provider was called.
    pub fn calls(&self) -> Calls {
        self.surroundings.provider.calls()
    }

    /// Ends the world and returns what its applications were asked and answered.
    pub fn into_exchanges(self) -> Vec<Exchange> {
        self.surroundings.transcript.exchanges()
    }
}

impl Deref for World {
    type Target = Node;

    fn deref(&self) -> &Node {
        &self.node
    }
}

impl Drop for World {
    /// Every test is also a test of [`leaks`].
    fn drop(&mut self) {
        if !std::thread::panicking() {
            assert_eq!(meter::undocumented(), [""; 0], "metrics that no list has");
            let exchanges = self.surroundings.transcript.exchanges();
            for provider in std::iter::once(&self.surroundings.provider).chain(self.others.get_mut().iter()) {
                let found = leaks::find(provider, &exchanges);
                assert!(found.is_empty(), "secrets where they do not belong:\n{}", found.join("\n"));
            }
        }
    }
}

impl std::fmt::Debug for World {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("World").field("mount", &self.mount).finish_non_exhaustive()
    }
}

/// What a node is made of.
struct Parts<'a> {
    mount: &'a dyn Mount,
    sessions: Sessions,
    setup: &'a Setup,
    api: &'a ApiSetup,
    store: &'a Faulty,
    keys: &'a CookieKeys,
    seed: u64,
    surroundings: &'a Surroundings,
}

impl Parts<'_> {
    async fn start(&self, client_id: &str) -> Node {
        let Surroundings { provider, clock, .. } = self.surroundings;
        let op = Provider::builder(provider.issuer.issuer())
            .expect("an issuer")
            .transport(provider.wire())
            .clock(clock.clone())
            .random(SeededRandom::new(self.seed))
            .build()
            .expect("a provider");
        let client = op.web_app(client_id, ClientSecret::new(provider.secret_of(client_id)));
        let origin = origin(client_id);
        let builder = (self.setup)(RelyingParty::builder(client, &origin));
        let (store, keys) = (self.store.clone(), self.keys.clone());
        let relying_party = match self.sessions {
            Sessions::Stored => builder.stored_sessions(store, keys).build(),
            Sessions::Sealed => builder.sealed_sessions(keys).build(),
            Sessions::SealedRevocable => builder.sealed_sessions(keys).backchannel_logout(store).build(),
        }
        .expect("a relying party");
        let api = (self.api)(&op, &relying_party);
        Node::start(&origin, relying_party, api, self.mount, self.surroundings.clone()).await
    }
}

fn origin(client_id: &str) -> String {
    match client_id {
        DASHBOARD => "https://app.acme.example".to_owned(),
        other => format!("https://{other}.acme.example"),
    }
}
