//! An OpenID Provider in memory: strict, seeded, and able to misbehave on request.

mod access_token;
mod authorize;
mod call;
mod discovery;
pub mod fault;
mod grant;
mod introspection;
mod logout;
mod token;
mod wire;

use std::{
    collections::BTreeMap,
    fmt::{self, Write},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use base64::{Engine, prelude::BASE64_STANDARD};
use bytes::Bytes;
use http::{Request, Response};
use serde_json::Value;
use vestibule::{
    Clock, Random,
    testing::{SeededRandom, TestClock, TestIssuer, TestTransport},
    transport::TransportError,
};

use self::{fault::Fault, grant::Grants};

pub use authorize::{AuthorizationRefused, Sso};
pub use call::{Call, Calls};
pub use logout::{LoggedOut, LogoutNotice};
pub use wire::{Held, Wire};

/// Its issuer identifier.
pub const ISSUER: &str = "https://acme.example";

/// How long access tokens live, in seconds, unless it is told otherwise.
pub const ACCESS_TOKEN_LIFETIME: u64 = 300;

/// An OpenID Provider in memory. Clones are the same one.
#[derive(Clone)]
pub struct IdentityProvider {
    pub(crate) issuer: TestIssuer,
    clock: TestClock,
    transport: TestTransport,
    gates: wire::Gates,
    inner: Arc<Mutex<Inner>>,
}

/// A registered client.
#[derive(Clone, Debug)]
pub(crate) struct Registration {
    pub(crate) secret: String,
    pub(crate) redirect_uri: String,
    pub(crate) post_logout_redirect_uri: String,
}

type Alteration = Box<dyn Fn(&mut Value) + Send>;

struct Inner {
    random: SeededRandom,
    clients: BTreeMap<String, Registration>,
    grants: Grants,
    faults: BTreeMap<Call, Fault>,
    alter_id_token: Option<Alteration>,
    alter_token_answer: Option<Alteration>,
    alter_metadata: Option<Alteration>,
    requires_pkce: bool,
    silent_refusal: Option<&'static str>,
    login_pages: usize,
    ignores_step_up: bool,
    claims: BTreeMap<String, Value>,
    opaque: BTreeMap<String, Value>,
    serial: u64,
    secrets: Vec<String>,
    requests: Vec<(Call, Request<Bytes>)>,
}

impl IdentityProvider {
    /// A provider without clients.
    pub(crate) fn new(clock: &TestClock, issuer: &str, seed: u64) -> Self {
        let inner = Arc::new(Mutex::new(Inner {
            random: SeededRandom::new(seed),
            clients: BTreeMap::new(),
            grants: Grants::default(),
            faults: BTreeMap::new(),
            alter_id_token: None,
            alter_token_answer: None,
            alter_metadata: None,
            requires_pkce: true,
            silent_refusal: None,
            login_pages: 0,
            ignores_step_up: false,
            claims: BTreeMap::new(),
            opaque: BTreeMap::new(),
            serial: 0,
            secrets: Vec::new(),
            requests: Vec::new(),
        }));
        let issuer = TestIssuer::new(issuer);
        let (answering, keys, time) = (Arc::clone(&inner), issuer.clone(), clock.clone());
        let transport = TestTransport::new(move |request| {
            let mut inner = answering.lock().unwrap_or_else(PoisonError::into_inner);
            inner.answer(&keys, &time, request)
        });
        Self { issuer, clock: clock.clone(), transport, gates: wire::Gates::default(), inner }
    }

    pub(crate) fn register(&self, client_id: &str, registration: Registration) {
        self.lock().clients.insert(client_id.to_owned(), registration);
    }

    pub(crate) fn secret_of(&self, client_id: &str) -> String {
        self.lock().clients[client_id].secret.clone()
    }

    /// A connection to it, for one node.
    pub fn wire(&self) -> Wire {
        Wire::new(self.transport.clone(), self.gates.clone())
    }

    /// How often each endpoint was called.
    pub fn calls(&self) -> Calls {
        Calls::count(&self.transport)
    }

    /// The last request to an endpoint.
    ///
    /// # Panics
    /// When there was none.
    pub fn last_request(&self, call: Call) -> Request<Bytes> {
        let inner = self.lock();
        let last = inner.requests.iter().rfind(|(known, _)| *known == call);
        last.unwrap_or_else(|| panic!("{call:?} was never called")).1.clone()
    }

    /// From now on an endpoint answers with this.
    pub fn fault(&self, call: Call, fault: impl Fn() -> fault::Outcome + Send + 'static) {
        self.lock().faults.insert(call, Box::new(fault));
    }

    /// The endpoint works again.
    pub fn repair(&self, call: Call) {
        self.lock().faults.remove(&call);
    }

    /// Every endpoint is out of reach.
    pub fn go_down(&self) {
        Call::ALL.into_iter().for_each(|call| self.fault(call, fault::unreachable));
    }

    /// Every endpoint works again.
    pub fn come_up(&self) {
        Call::ALL.into_iter().for_each(|call| self.repair(call));
    }

    /// Lets the next call of an endpoint arrive, and keeps its answer back until it is released.
    pub fn hold(&self, call: Call) -> Held {
        self.gates.hold(call)
    }

    /// Lets the next call of an endpoint arrive and be carried out; its answer never comes.
    pub fn lose_answer(&self, call: Call) {
        self.gates.lose(call);
    }

    /// Takes a refresh token that was spent as often as it comes: what providers do so that a lost answer can be asked
    /// for again (FAPI 2.0 section 5.3.2.1).
    pub fn forgive_reuse(&self) {
        self.lock().grants.forgive_reuse();
    }

    /// Changes the claims of every ID token before it is signed.
    pub fn alter_id_token(&self, alter: impl Fn(&mut Value) + Send + 'static) {
        self.lock().alter_id_token = Some(Box::new(alter));
    }

    /// Changes every answer of the token endpoint.
    pub fn alter_token_answer(&self, alter: impl Fn(&mut Value) + Send + 'static) {
        self.lock().alter_token_answer = Some(Box::new(alter));
    }

    /// Changes the metadata document.
    pub fn alter_metadata(&self, alter: impl Fn(&mut Value) + Send + 'static) {
        self.lock().alter_metadata = Some(Box::new(alter));
    }

    /// Takes codes without asking for their verifier, as a careless provider does.
    pub fn ignore_pkce(&self) {
        self.lock().requires_pkce = false;
    }

    /// Refuses every login without a page with this error.
    pub fn refuse_silent_logins(&self, error: &'static str) {
        self.lock().silent_refusal = Some(error);
    }

    /// A fresh `idp_initiated_login` token, good but for what `alter` does to its claims.
    pub fn idp_initiated_login(&self, alter: impl FnOnce(&mut Value)) -> String {
        let mut claims = self.issuer.idp_initiated_login_claims(self.clock.now());
        alter(&mut claims);
        let token = self.issuer.sign(&claims);
        self.lock().secrets.push(token.clone());
        token
    }

    /// Logs users in as it likes, whatever `acr_values` and `max_age` ask for, as many providers do.
    pub fn ignore_step_up(&self) {
        self.lock().ignores_step_up = true;
    }

    /// From now on the user's ID tokens have these claims, too.
    pub fn describe(&self, user: &str, claims: Value) {
        self.lock().claims.insert(user.to_owned(), claims);
    }

    /// How often somebody had to fill in the login page.
    pub fn login_pages(&self) -> usize {
        self.lock().login_pages
    }

    /// Everything that it ever issued or was shown and that nobody else may see: codes and their verifiers, tokens,
    /// client secrets.
    pub fn secrets(&self) -> Vec<String> {
        let inner = self.lock();
        let clients = inner.clients.iter().flat_map(|(client_id, client)| {
            let basic = BASE64_STANDARD.encode(format!("{client_id}:{}", client.secret));
            [client.secret.clone(), basic]
        });
        inner.secrets.iter().cloned().chain(clients).collect()
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn now(&self) -> u64 {
        self.clock.now().as_secs()
    }
}

impl Inner {
    fn answer(
        &mut self,
        issuer: &TestIssuer,
        clock: &TestClock,
        request: &Request<Bytes>,
    ) -> Result<Response<Bytes>, TransportError> {
        let call = Call::of(request.uri().path()).expect("an endpoint of the provider");
        self.requests.push((call, request.clone()));
        if let Some(fault) = self.faults.get(&call) {
            return fault();
        }
        Ok(match call {
            Call::Discovery => self.metadata(issuer),
            Call::Keys => vestibule::testing::json_response(200, &issuer.jwks()),
            Call::Token => self.token(issuer, clock.now().as_secs(), request),
            Call::UserInfo => self.user_info(request),
            Call::Revocation => self.revoke(request),
            Call::Introspection => self.introspect(request),
        })
    }

    /// Something unguessable that is found wherever it leaks.
    fn secret(&mut self, kind: &str) -> String {
        let mut bytes = [0; 12];
        self.random.fill(&mut bytes).expect("seeded bytes");
        let mut secret = format!("canary-{kind}-");
        for byte in bytes {
            let _ = write!(secret, "{byte:02x}");
        }
        self.secrets.push(secret.clone());
        secret
    }

    fn next_serial(&mut self) -> u64 {
        self.serial += 1;
        self.serial
    }
}

impl fmt::Debug for IdentityProvider {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("IdentityProvider").field("calls", &self.calls()).finish_non_exhaustive()
    }
}
