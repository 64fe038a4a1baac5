//! The provider in the hands of a test or a demo.

mod orders;

use std::fmt;
use std::sync::Arc;

use tokio::sync::oneshot;

use crate::application::{Application, ApplicationError};
use crate::builder::DevIdpBuilder;
use crate::clock::Clock;
use crate::device;
use crate::error::{SigningError, UserCodeError};
use crate::event::{EventKind, Events, LogoutCause};
use crate::faults::Misbehaviour;
use crate::logout::{self, Deliveries, Delivery};
use crate::provider::Provider;
use crate::requests::Requests;
use crate::server::Server;
use crate::settings::seconds;
use crate::sid::{LogoutTokenContent, SidMode};
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

/// Keys, sessions and devices.
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

    /// Lets the device in that shows this code, as the user could on the page `/device`: in the user's latest session,
    /// or in a new one.
    pub fn approve_device(&self, user_code: &str, login: &str) -> Result<(), UserCodeError> {
        let key = self.session_of(login)?;
        device::approve(&self.provider, user_code, &key).ok_or_else(|| not_waiting(user_code))
    }

    /// Keeps the device out that shows this code, as the user could on the page `/device`.
    pub fn deny_device(&self, user_code: &str) -> Result<(), UserCodeError> {
        device::deny(&self.provider, user_code).ok_or_else(|| not_waiting(user_code))
    }

    fn session_of(&self, login: &str) -> Result<String, UserCodeError> {
        let Provider { settings, clock, .. } = &*self.provider;
        let mut environment = self.provider.environment();
        let user = environment
            .user_named(login, settings.typed_users)
            .map_err(|reason| UserCodeError::Login { login: login.to_owned(), reason })?;
        let latest = environment.sessions.of_user(&user.login).pop();
        let acr = settings.acr_values.first().map(String::as_str);
        let lifetime = seconds(settings.session_lifetime);
        let begin = || environment.sessions.begin(&user, acr, clock.unix(), lifetime);
        Ok(latest.unwrap_or_else(begin))
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

fn not_waiting(user_code: &str) -> UserCodeError {
    UserCodeError::NotWaiting { user_code: user_code.to_owned() }
}

impl Drop for DevIdp {
    fn drop(&mut self) {
        // Readers of events learn of the end even while a draft keeps the provider's state alive.
        self.provider.events.close();
    }
}

impl fmt::Debug for DevIdp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DevIdp").field("issuer", &self.provider.issuer).finish_non_exhaustive()
    }
}
