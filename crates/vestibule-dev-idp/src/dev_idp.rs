//! The provider in the hands of a test or a demo.

use std::fmt;
use std::sync::Arc;
use std::time::SystemTime;

use serde_json::Value;
use tokio::sync::oneshot;

use crate::application::Application;
use crate::builder::DevIdpBuilder;
use crate::clock::Clock;
use crate::error::{ApplicationError, SigningError};
use crate::event::{EventKind, Events, LogoutCause};
use crate::faults::Misbehaviour;
use crate::jwt::{self, Jwt, Signer, TokenDraft};
use crate::keys;
use crate::logout::{self, Deliveries, Delivery, Notice};
use crate::messages::{access_token, id_token, logout_token};
use crate::provider::Provider;
use crate::random;
use crate::requests::Requests;
use crate::server::Server;
use crate::sid::{LogoutTokenContent, SidMode};
use crate::signing_algorithm::SigningAlgorithm;
use crate::user::User;

/// A running OpenID Provider. It stops when this is dropped, and has stopped when the drop is done.
pub struct DevIdp {
    provider: Arc<Provider>,
    server: Server,
}

/// How a provider can be out of reach.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Outage {
    /// Nobody listens: connections are refused, open ones are closed.
    Refused,
    /// Every endpoint answers 503.
    Unavailable,
}

/// Set-up and facts.
impl DevIdp {
    /// Begins to set up a provider.
    pub fn builder() -> DevIdpBuilder {
        DevIdpBuilder::new()
    }

    pub(crate) fn new(provider: Arc<Provider>, server: Server) -> Self {
        Self { provider, server }
    }

    /// The issuer: `http://127.0.0.1:PORT`, without a slash at the end.
    pub fn issuer(&self) -> &str {
        &self.provider.issuer
    }

    /// Adds an application, or replaces the one with the same client id.
    pub fn register(&self, application: Application) -> Result<(), ApplicationError> {
        application.check()?;
        self.provider.environment().applications.insert(application.client_id.clone(), application);
        Ok(())
    }

    /// Adds a user, or replaces the one with the same login. Sessions that go on have the new claims from their next
    /// refresh on.
    pub fn add_user(&self, user: User) {
        self.provider.environment().users.insert(user.login.clone(), user);
    }

    /// The clock that every moment is read from.
    pub fn clock(&self) -> &Clock {
        &self.provider.clock
    }

    /// How often each endpoint was called so far.
    pub fn requests(&self) -> Requests {
        self.provider.requests.read()
    }

    /// What happens from now on.
    pub fn events(&self) -> Events {
        self.provider.events.subscribe()
    }
}

/// Keys and sessions.
impl DevIdp {
    /// Signs with new keys from now on. The old ones are no longer published.
    pub fn roll_keys(&self) -> Result<(), SigningError> {
        self.provider.environment().keys.roll()?;
        self.provider.emit(EventKind::KeysRolled { old_kept: false });
        Ok(())
    }

    /// Signs with new keys from now on. The old ones stay published, until [`roll_keys`](Self::roll_keys) withdraws
    /// them.
    pub fn roll_keys_keep_old(&self) -> Result<(), SigningError> {
        self.provider.environment().keys.roll_keeping_old()?;
        self.provider.emit(EventKind::KeysRolled { old_kept: true });
        Ok(())
    }

    /// Which `sid` applications are told from now on.
    pub fn set_sid_mode(&self, mode: SidMode) {
        self.provider.environment().sid_mode = mode;
    }

    /// Whom logout tokens name from now on.
    pub fn set_logout_token_content(&self, content: LogoutTokenContent) {
        self.provider.environment().logout_token_content = content;
    }

    /// Ends all sessions of a user, as an administrator would, and tells the applications that took part. The sessions
    /// have ended when this returns; the applications are told meanwhile.
    pub fn end_session_of(&self, login: &str) -> Deliveries {
        let keys = self.provider.environment().sessions.of_user(login);
        self.deliver(logout::end_sessions(&self.provider, &keys, &LogoutCause::Administrator))
    }

    /// Ends the sessions with this `sid`, as an administrator would, and tells the applications that took part. The
    /// sessions have ended when this returns; the applications are told meanwhile.
    pub fn end_session(&self, sid: &str) -> Deliveries {
        let keys = self.provider.environment().sessions.with_sid(sid);
        self.deliver(logout::end_sessions(&self.provider, &keys, &LogoutCause::Administrator))
    }

    fn deliver(&self, work: impl Future<Output = Vec<Delivery>> + Send + 'static) -> Deliveries {
        let (sender, receiver) = oneshot::channel();
        self.server.handle().spawn(async move {
            let _ = sender.send(work.await);
        });
        Deliveries::new(receiver)
    }
}

/// Misbehaviour.
impl DevIdp {
    /// Turns a switch on, until [`behave`](Self::behave).
    pub fn misbehave(&self, misbehaviour: Misbehaviour) {
        self.arm(misbehaviour, false);
    }

    /// Turns a switch on for one time.
    pub fn misbehave_once(&self, misbehaviour: Misbehaviour) {
        self.arm(misbehaviour, true);
    }

    /// Turns all switches off. What is held stays held.
    pub fn behave(&self) {
        self.provider.environment().faults.clear();
    }

    /// The switches that are on.
    pub fn misbehaviours(&self) -> Vec<Misbehaviour> {
        self.provider.environment().faults.armed()
    }

    /// Lets the requests, answers and logout tokens go that are held now.
    pub fn release(&self) {
        self.provider.gate.release();
    }

    /// Takes the provider out of reach. Done when this returns.
    pub fn go_offline(&self, outage: Outage) {
        match outage {
            Outage::Refused => self.server.close(),
            Outage::Unavailable => self.provider.set_unavailable(true),
        }
    }

    /// Brings the provider back, at the same address. Fails if the port was taken meanwhile.
    pub fn go_online(&self) -> std::io::Result<()> {
        self.provider.set_unavailable(false);
        self.server.open()
    }

    fn arm(&self, misbehaviour: Misbehaviour, once: bool) {
        self.provider.environment().faults.arm(misbehaviour.clone(), once);
        self.provider.emit(EventKind::Misbehaving { misbehaviour, once });
    }
}

/// Tokens to order.
impl DevIdp {
    /// A logout token for an application. It names user and session of the latest session in which the application
    /// takes part, if there is one. An application that is not registered counts as one with the defaults.
    pub fn logout_token(&self, client_id: &str) -> TokenDraft {
        let (application, subject, sid) = self.latest(client_id);
        let jwt = logout_token::draft(&self.provider, &application, subject.as_deref(), sid.as_deref());
        TokenDraft::new(&self.provider, jwt)
    }

    /// An ID token for an application, without `nonce` and `at_hash`. About the same user as
    /// [`logout_token`](Self::logout_token), or about `usr_nobody`.
    pub fn id_token(&self, client_id: &str) -> TokenDraft {
        let (application, subject, sid) = self.latest(client_id);
        let subject = subject.unwrap_or_else(|| NOBODY.to_owned());
        let jwt = id_token::draft(&self.provider, &application, &subject, sid.as_deref());
        TokenDraft::new(&self.provider, jwt)
    }

    /// An access token for an application. About the same user as [`logout_token`](Self::logout_token), or about
    /// `usr_nobody`. UserInfo does not know it.
    pub fn access_token(&self, client_id: &str) -> TokenDraft {
        let (application, subject, sid) = self.latest(client_id);
        let subject = subject.unwrap_or_else(|| NOBODY.to_owned());
        let now = self.provider.clock.unix();
        let mut jwt = access_token::draft(&self.provider, &application, &subject, now, &random::name("tkn_"));
        if let Some(sid) = sid {
            jwt.set("sid", sid);
        }
        TokenDraft::new(&self.provider, jwt)
    }

    /// Signs whatever header and claims with the provider's own key for the `alg` of the header, RS256 where it has
    /// none. The `kid` of that key is added unless the header has one; null leaves it out.
    pub fn sign(&self, header: Value, claims: Value) -> Result<String, SigningError> {
        let header = access_token::members(header);
        let algorithm = match header.get("alg").and_then(Value::as_str) {
            Some(name) => SigningAlgorithm::named(name)
                .ok_or_else(|| SigningError::Algorithm { algorithm: name.to_owned() })?,
            None => SigningAlgorithm::Rs256,
        };
        let mut jwt = Jwt::new(algorithm, None, access_token::members(claims));
        jwt.header.extend(header);
        jwt.signer = Signer::Provider(algorithm);
        jwt.compact(&self.provider.environment().keys)
    }

    /// Signs exactly these bytes as header and payload, whatever they are, with the provider's own key for
    /// `algorithm`.
    pub fn sign_bytes(
        &self,
        header: impl AsRef<[u8]>,
        payload: impl AsRef<[u8]>,
        algorithm: SigningAlgorithm,
    ) -> Result<String, SigningError> {
        let signer = Signer::Provider(algorithm);
        jwt::compact(&self.provider.environment().keys, &signer, header.as_ref(), payload.as_ref())
    }

    /// The `kid` of the key that the provider signs with.
    pub fn key_id(&self, algorithm: SigningAlgorithm) -> String {
        self.provider.environment().keys.current().key(algorithm).kid().to_owned()
    }

    /// The published key set, as `/jwks` answers when nothing misbehaves.
    pub fn jwks(&self) -> Value {
        self.provider.environment().keys.published()
    }

    /// The public half of the keys that [`TokenDraft::foreign_key`] and [`JwtFault::ForeignKey`](crate::JwtFault) sign
    /// with, as a key set. Nobody publishes it.
    pub fn foreign_jwks(&self) -> Result<Value, SigningError> {
        Ok(keys::published([&*self.provider.environment().keys.foreign()?]))
    }

    /// Sends a logout token, good or bad, to every back-channel logout URI of an application, once.
    pub fn send_logout_token(&self, client_id: &str, token: &str) -> Deliveries {
        let uris = self
            .provider
            .environment()
            .applications
            .get(client_id)
            .map(|application| application.backchannel_logout_uris.clone())
            .unwrap_or_default();
        let notices = uris
            .into_iter()
            .map(|uri| Notice {
                client_id: client_id.to_owned(),
                uri,
                token: token.to_owned(),
                tries: 1,
                faults: Vec::new(),
            })
            .collect();
        self.deliver(logout::deliver_all(Arc::clone(&self.provider), notices))
    }

    fn latest(&self, client_id: &str) -> (Application, Option<String>, Option<String>) {
        let environment = self.provider.environment();
        let application = environment
            .applications
            .get(client_id)
            .cloned()
            .unwrap_or_else(|| Application::web(client_id, "unregistered"));
        let session = environment.sessions.latest_of_client(client_id);
        let sid = session.and_then(|session| session.clients.get(client_id).cloned().flatten());
        (application, session.map(|session| session.subject.clone()), sid)
    }
}

impl Drop for DevIdp {
    fn drop(&mut self) {
        // Readers of events learn of the end even while a draft keeps the provider's state alive.
        self.provider.events.close();
    }
}

impl fmt::Debug for DevIdp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let now: SystemTime = self.provider.clock.now();
        f.debug_struct("DevIdp")
            .field("issuer", &self.provider.issuer)
            .field("now", &now)
            .finish_non_exhaustive()
    }
}

const NOBODY: &str = "usr_nobody";
