use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use async_lock::OnceCell;

use super::token_hash::{ByFirstBytes, TokenHash};
use crate::{AccessGrant, Error, IntrospectionError, Verified};

/// The tokens that the provider is being asked about: one call for each, whoever waits for it, and so many calls at a time
/// that made-up tokens can neither fill the memory nor flood the provider.
#[derive(Default)]
pub(super) struct Flights(Mutex<HashMap<TokenHash, Arc<Flight>, ByFirstBytes>>);

type Flight = OnceCell<Outcome>;
type Outcome = Result<Arc<Verified<AccessGrant>>, Arc<Error>>;

/// How many tokens are asked about at a time.
const MOST: usize = 64;

impl Flights {
    /// Asks, or takes the outcome of whoever is asking already. If that one goes away before the end, the next one asks.
    pub(super) async fn join<F>(&self, hash: TokenHash, ask: F) -> Result<Arc<Verified<AccessGrant>>, Error>
    where
        F: AsyncFnOnce() -> Result<Arc<Verified<AccessGrant>>, Error>,
    {
        let seat = self.board(hash)?;
        let outcome = seat.flight.get_or_init(async || ask().await.map_err(Arc::new)).await;
        outcome.clone().map_err(Error::Repeated)
    }

    fn board(&self, hash: TokenHash) -> Result<Seat<'_>, IntrospectionError> {
        let mut flights = self.lock();
        if flights.len() >= MOST && !flights.contains_key(&hash) {
            return Err(IntrospectionError::Busy);
        }
        let flight = Arc::clone(flights.entry(hash).or_default());
        Ok(Seat { flights: self, hash, flight })
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<TokenHash, Arc<Flight>, ByFirstBytes>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Somebody who waits for a flight. The first to leave after its end, or the last to leave before it, clears it away.
struct Seat<'a> {
    flights: &'a Flights,
    hash: TokenHash,
    flight: Arc<Flight>,
}

impl Drop for Seat<'_> {
    fn drop(&mut self) {
        let mut flights = self.flights.lock();
        let is_ours = flights.get(&self.hash).is_some_and(|known| Arc::ptr_eq(known, &self.flight));
        // The list and this seat.
        let is_last = Arc::strong_count(&self.flight) == 2;
        if is_ours && (is_last || self.flight.is_initialized()) {
            flights.remove(&self.hash);
        }
    }
}
