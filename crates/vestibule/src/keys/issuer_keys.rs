use std::{sync::Arc, time::Duration};

use async_trait::async_trait;

use super::{
    cache::KeyCache,
    error::KeysError,
    key_set::KeySet,
    refresh::Refresh,
    snapshot::Age,
    source::{CurrentKeys, FetchKeys, KeySource},
};
use crate::Clock;

/// The keys of one issuer, kept current (checklist E12–E17).
///
/// A request waits for a fetch only while there is no usable set. When a set is past its time, one request fetches the
/// next and all others go on with what there is; while somebody calls [`refresh_if_due`](Self::refresh_if_due) in the
/// background, not even that one has to. Dropping any of these futures is safe.
pub(crate) struct IssuerKeys<'a, F> {
    pub(crate) cache: &'a KeyCache,
    pub(crate) fetch: F,
    pub(crate) clock: &'a dyn Clock,
}

/// After a fetch for an unknown `kid` (checklist E13).
const COOL_DOWN: Duration = Duration::from_secs(30);

/// How long one call of `refresh_if_due` counts as somebody doing it.
const MAINTAINED: Duration = Duration::from_secs(120);

/// Between two calls of `refresh_if_due`.
const SOONEST: Duration = Duration::from_secs(1);
const LATEST: Duration = Duration::from_secs(60);

impl<F: FetchKeys> IssuerKeys<'_, F> {
    /// Fetches the next set when the present one has used four fifths of its time, or when there is none. Returns when
    /// to call again: between a second and a minute.
    ///
    /// # Errors
    /// When the fetch fails, or failed a moment ago. What was known before stays in use.
    pub(crate) async fn refresh_if_due(&self) -> Result<Duration, KeysError> {
        self.cache.write().maintained_until = self.clock.monotonic().saturating_add(MAINTAINED);
        if self.due_in().is_zero() {
            let _flight = self.cache.flight.lock().await;
            if self.due_in().is_zero() {
                self.fetch().await?;
            }
        }
        Ok(self.due_in().clamp(SOONEST, LATEST))
    }

    fn due_in(&self) -> Duration {
        let now = self.clock.monotonic();
        self.cache.read().snapshot.as_ref().map_or(Duration::ZERO, |snapshot| snapshot.due_in(now))
    }

    fn at_hand(&self) -> Option<(Arc<KeySet>, Age)> {
        let now = self.clock.monotonic();
        self.cache.read().snapshot.as_ref()?.usable(now)
    }

    fn is_maintained(&self) -> bool {
        self.clock.monotonic() < self.cache.read().maintained_until
    }

    fn cools_down(&self) -> bool {
        self.clock.monotonic() < self.cache.read().cool_down_until
    }

    fn newer_than(&self, missed: &CurrentKeys) -> Option<Arc<KeySet>> {
        let now = self.clock.monotonic();
        self.cache.read().newer_than(&missed.keys, now)
    }

    /// To be called with the flight lock held.
    async fn fetch(&self) -> Result<Arc<KeySet>, KeysError> {
        let now = self.clock.monotonic();
        self.cache.read().backoff.check(now)?;
        Refresh::begin(self.cache, self.clock).run(&self.fetch).await
    }
}

#[cfg_attr(not(target_arch = "wasm32"), async_trait)]
#[cfg_attr(target_arch = "wasm32", async_trait(?Send))]
impl<F: FetchKeys> KeySource for IssuerKeys<'_, F> {
    async fn current(&self) -> Result<CurrentKeys, KeysError> {
        match self.at_hand() {
            Some((keys, Age::Fresh)) => Ok(CurrentKeys::at_hand(keys)),
            Some((keys, Age::Stale)) => {
                if self.is_maintained() {
                    return Ok(CurrentKeys::at_hand(keys));
                }
                let Some(_flight) = self.cache.flight.try_lock() else {
                    return Ok(CurrentKeys::at_hand(keys));
                };
                match self.at_hand() {
                    Some((fetched_meanwhile, Age::Fresh)) => Ok(CurrentKeys::at_hand(fetched_meanwhile)),
                    _ => Ok(self
                        .fetch()
                        .await
                        .map_or_else(|_| CurrentKeys::at_hand(keys), CurrentKeys::just_fetched)),
                }
            }
            None => {
                let _flight = self.cache.flight.lock().await;
                match self.at_hand() {
                    Some((fetched_meanwhile, _)) => Ok(CurrentKeys::at_hand(fetched_meanwhile)),
                    None => self.fetch().await.map(CurrentKeys::just_fetched),
                }
            }
        }
    }

    async fn after_miss(&self, missed: &CurrentKeys) -> Result<Option<Arc<KeySet>>, KeysError> {
        if missed.just_fetched || self.cools_down() {
            return Ok(self.newer_than(missed));
        }
        let _flight = self.cache.flight.lock().await;
        if let Some(fetched_meanwhile) = self.newer_than(missed) {
            return Ok(Some(fetched_meanwhile));
        }
        if self.cools_down() {
            return Ok(None);
        }
        let keys = self.fetch().await?;
        self.cache.write().cool_down_until = self.clock.monotonic().saturating_add(COOL_DOWN);
        Ok(Some(keys))
    }
}
