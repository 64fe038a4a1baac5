use std::{
    fmt,
    sync::{Arc, PoisonError, RwLock},
    time::Duration,
};

use async_lock::Mutex;

use super::ClientCredentials;
use crate::{AccessToken, Client, Error, ProviderTime, Service, ServiceTokenError, backoff::Backoff};

/// A service's current access token: fetched at first use by one caller for all, renewed ahead of its end, and kept while
/// the provider is down for as long as it is good. Clones share it.
///
/// A failure is told to every caller during a pause that doubles from 1 to 60 seconds, or lasts as long as the provider
/// asks. Dropping any of its futures is safe.
///
/// The token itself goes to nobody: attach it to calls of the API that it is for, and to no others.
#[derive(Clone)]
pub struct TokenSource(Arc<Inner>);

struct Inner {
    client: Client<Service>,
    wanted: ClientCredentials,
    held: RwLock<Option<Held>>,
    flight: Mutex<Flight>,
}

/// Instants are monotonic, the last moment aside.
#[derive(Clone)]
struct Held {
    token: AccessToken,
    renew_at: Duration,
    unusable_at: Duration,
    /// By the wall clock, which goes on while the machine sleeps.
    expires_at: ProviderTime,
}

struct Flight {
    backoff: Backoff<Error>,
    /// When a token was replaced last because an API had refused it.
    replaced_at: Option<Duration>,
}

/// For how long a token is used whose answer does not say when it ends.
const UNSTATED_LIFETIME: Duration = Duration::from_secs(5 * 60);

/// The longest time ahead of its end at which a token is renewed, if it is used.
const RENEW_AHEAD: Duration = Duration::from_secs(5 * 60);

/// The longest time before its end at which a token is no longer given out: a call with it takes a while.
const MARGIN: Duration = Duration::from_secs(10);

/// How often refused tokens are replaced, lest an API that refuses all of them drives the provider's load.
const REPLACEMENT_PAUSE: Duration = Duration::from_secs(10);

impl TokenSource {
    pub(super) fn new(client: Client<Service>, wanted: ClientCredentials) -> Self {
        let backoff = Backoff::new(Arc::clone(client.provider().random()));
        let flight = Mutex::new(Flight { backoff, replaced_at: None });
        Self(Arc::new(Inner { client, wanted, held: RwLock::default(), flight }))
    }

    /// The token to call the API with. Usually no call to the provider: a token is renewed when a fifth of its life is
    /// left, or five minutes, whichever is less, by one caller while the others go on with the old one.
    ///
    /// # Errors
    /// As for [`Client::client_credentials`], or the same again as [`Error::Repeated`] during the pause after a failure;
    /// only when there is no token that is still good.
    pub async fn token(&self) -> Result<AccessToken, Error> {
        let held = self.usable();
        match held {
            Some(held) if self.now() < held.renew_at => Ok(held.token),
            Some(held) => match self.0.flight.try_lock() {
                Some(mut flight) => Ok(self.renew(&mut flight).await.unwrap_or(held.token)),
                None => Ok(held.token),
            },
            None => self.renew(&mut *self.0.flight.lock().await).await,
        }
    }

    /// The token to repeat a call with, once, after the API answered it with status 401. Asks for a new token unless
    /// another caller already has.
    ///
    /// # Errors
    /// As for [`token`](Self::token), and [`ServiceTokenError::RejectedAgain`], inside [`Error::Service`], when a refused
    /// token was replaced less than ten seconds ago and its successor is refused too.
    pub async fn after_rejected(&self, rejected: &AccessToken) -> Result<AccessToken, Error> {
        let mut flight = self.0.flight.lock().await;
        match self.usable() {
            Some(held) if held.token != *rejected => return Ok(held.token),
            None => return self.renew(&mut flight).await,
            Some(_) => {}
        }
        let now = self.now();
        if flight.replaced_at.is_some_and(|at| now.saturating_sub(at) < REPLACEMENT_PAUSE) {
            return Err(ServiceTokenError::RejectedAgain.into());
        }
        let token = self.fetch(&mut flight).await?;
        flight.replaced_at = Some(now);
        Ok(token)
    }

    /// Fetches, unless somebody else just did.
    async fn renew(&self, flight: &mut Flight) -> Result<AccessToken, Error> {
        let now = self.now();
        match self.usable() {
            Some(held) if now < held.renew_at => Ok(held.token),
            _ => self.fetch(flight).await,
        }
    }

    async fn fetch(&self, flight: &mut Flight) -> Result<AccessToken, Error> {
        let asked_at = self.now();
        flight.backoff.check(asked_at)?;
        let outcome = self.0.client.client_credentials(&self.0.wanted).await;
        let now = self.now();
        let asked_pause = outcome.as_ref().err().and_then(Error::retry_after);
        let outcome = flight.backoff.record(outcome, now);
        if let Some(asked) = asked_pause {
            flight.backoff.pause_at_least(asked.pause(), now);
        }
        let answer = outcome?;
        let received_at = self.0.client.provider().clock().now();
        let lifetime = answer.expires_at.map_or(UNSTATED_LIFETIME, |end| end.since(received_at));
        self.hold(Held {
            token: answer.access_token.clone(),
            renew_at: asked_at.saturating_add(lifetime - RENEW_AHEAD.min(lifetime / 5)),
            unusable_at: asked_at.saturating_add(lifetime - MARGIN.min(lifetime / 10)),
            expires_at: received_at.plus(lifetime),
        });
        Ok(answer.access_token)
    }

    /// What is held, while it is good by both clocks.
    fn usable(&self) -> Option<Held> {
        let held = self.0.held.read().unwrap_or_else(PoisonError::into_inner).clone()?;
        let clock = self.0.client.provider().clock();
        (clock.monotonic() < held.unusable_at && clock.now() < held.expires_at).then_some(held)
    }

    fn hold(&self, held: Held) {
        *self.0.held.write().unwrap_or_else(PoisonError::into_inner) = Some(held);
    }

    fn now(&self) -> Duration {
        self.0.client.provider().clock().monotonic()
    }
}

impl fmt::Debug for TokenSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TokenSource").field("client", &self.0.client).finish_non_exhaustive()
    }
}
