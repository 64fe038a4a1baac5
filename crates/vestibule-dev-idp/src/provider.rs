//! The provider as its endpoints see it.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use tokio::sync::watch;

use crate::clock::Clock;
use crate::event::{Event, EventBus, EventKind};
use crate::logout::LogoutClient;
use crate::requests::Counters;
use crate::settings::Settings;
use crate::store::Environment;

/// State and surroundings, shared by the endpoints and by [`DevIdp`](crate::DevIdp).
pub(crate) struct Provider {
    pub(crate) issuer: String,
    pub(crate) settings: Settings,
    pub(crate) clock: Clock,
    pub(crate) requests: Counters,
    pub(crate) events: EventBus,
    pub(crate) gate: Gate,
    pub(crate) logout_client: LogoutClient,
    unavailable: AtomicBool,
    environment: Mutex<Environment>,
}

impl Provider {
    pub(crate) fn new(issuer: String, settings: Settings, clock: Clock, environment: Environment) -> Self {
        Self {
            issuer,
            settings,
            clock,
            requests: Counters::default(),
            events: EventBus::default(),
            gate: Gate::new(),
            logout_client: LogoutClient::new(),
            unavailable: AtomicBool::new(false),
            environment: Mutex::new(environment),
        }
    }

    /// The state as of now, locked. Never held across an await.
    pub(crate) fn environment(&self) -> MutexGuard<'_, Environment> {
        let mut environment = self.environment.lock().unwrap_or_else(PoisonError::into_inner);
        environment.end_expired_sessions(self.clock.unix());
        environment
    }

    pub(crate) fn emit(&self, kind: EventKind) {
        self.events.emit(&Event { at: self.clock.now(), kind });
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("{}{path}", self.issuer)
    }

    pub(crate) fn is_unavailable(&self) -> bool {
        self.unavailable.load(Ordering::SeqCst)
    }

    pub(crate) fn set_unavailable(&self, unavailable: bool) {
        self.unavailable.store(unavailable, Ordering::SeqCst);
    }

    /// The name of the session cookie. Ports do not separate cookies, so the port is part of it.
    pub(crate) fn cookie_name(&self) -> String {
        let port = self.issuer.rsplit(':').next().unwrap_or_default();
        format!("dev_idp_session_{port}")
    }
}

/// Where held requests and logout tokens wait.
#[derive(Debug)]
pub(crate) struct Gate(watch::Sender<u64>);

impl Gate {
    fn new() -> Self {
        Self(watch::Sender::new(0))
    }

    /// Lets everybody go who waits now.
    pub(crate) fn release(&self) {
        self.0.send_modify(|times| *times = times.wrapping_add(1));
    }

    /// A place in the queue. It is taken now, even if it is waited for later.
    pub(crate) fn queue(&self) -> watch::Receiver<u64> {
        self.0.subscribe()
    }
}
