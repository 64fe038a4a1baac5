use std::{
    collections::HashMap,
    fmt,
    sync::{Arc, Mutex, PoisonError, Weak},
    time::Duration,
};

use tokio::sync::Notify;

use super::{Revalidation, Session, confirm, sealed};
use crate::{
    SessionError,
    engine::Engine,
    store::{Change, ChangeCursor, Changes, Load, Scope, SessionRecord, StoreTime},
};

/// How long one look into the log of changes may wait.
const PATIENCE: Duration = Duration::from_secs(20);
/// How often to look at the session although nothing was told: a refresh at another node may have taught it a `sid`
/// that nobody here listens to yet.
const LOOK_EVERY: Duration = Duration::from_secs(30);
/// How long to wait after the store failed.
const PAUSE: Duration = Duration::from_secs(1);

impl Session {
    /// Completes when the session has ended: logged out here or elsewhere, or expired. For open WebSockets and event
    /// streams, which would outlive the logout otherwise.
    ///
    /// A sealed session ends here when its request would find it unused for too long: what the browser does meanwhile is
    /// in its cookies alone. A client that connects again brings those.
    ///
    /// A store that cannot be reached does not end a session; the wait goes on until it can tell. Where sessions are
    /// [confirmed](crate::RelyingPartyBuilder::revalidate_every) at the provider, this one is too.
    pub async fn ended(self) {
        let engine = Arc::clone(&self.0.engine);
        let changed = Arc::new(Notify::new());
        let mut listening = Vec::new();
        engine.watchers.listen(&engine, &changed, &mut listening, &self.record().scopes);
        loop {
            let pause = match self.look().await {
                Ok(Some((record, now))) => {
                    if engine.watchers.listen(&engine, &changed, &mut listening, &record.scopes) {
                        continue;
                    }
                    let left = record.idle_end.min(record.absolute_end).since(now);
                    (left + Duration::from_millis(1)).min(LOOK_EVERY).min(due_in(&engine, &record, now))
                }
                Ok(None) => return,
                Err(_) => PAUSE,
            };
            // Whichever comes first only leads to another look.
            let _ = tokio::time::timeout(pause, changed.notified()).await;
        }
    }

    /// The session as it stands, and the time at which it does; `None` once it has ended.
    async fn look(&self) -> Result<Option<(Arc<SessionRecord>, StoreTime)>, SessionError> {
        let engine = &self.0.engine;
        // No store has to answer for that.
        if engine.store.queue.covers_record(&self.record()) {
            return Ok(None);
        }
        if self.0.outbox.is_some() {
            let record = self.record();
            return Ok(sealed::look(engine, &record).await?.ok().map(|now| (record, now)));
        }
        let loaded = engine.store.load(&self.0.key).await?;
        let Load::Live(record) = loaded.reply else { return Ok(None) };
        Ok(confirm(engine, record, loaded.at).await?.map(|record| (record, loaded.at)))
    }
}

/// How long until the provider is asked about the session, or asked again.
fn due_in(engine: &Engine, record: &SessionRecord, now: StoreTime) -> Duration {
    let due_in = |revalidation: &Revalidation| revalidation.due_in(record, now).max(PAUSE);
    engine.revalidation.as_ref().map_or(Duration::MAX, due_in)
}

/// Wakes those who wait for a session's end. A wake-up is a hint to look; no promise rests on it arriving alone.
#[derive(Clone, Default)]
pub(crate) struct Watchers(Arc<Mutex<Registry>>);

#[derive(Default)]
struct Registry {
    listening: HashMap<Scope, Vec<Weak<Notify>>>,
    is_tailing: bool,
}

impl Watchers {
    /// Lets `notify` hear of changes of `scopes`, beside those that it is `listening` to. Answers whether some were new.
    fn listen(
        &self,
        engine: &Arc<Engine>,
        notify: &Arc<Notify>,
        listening: &mut Vec<Scope>,
        scopes: &[Scope],
    ) -> bool {
        let new: Vec<_> = scopes.iter().filter(|scope| !listening.contains(scope)).copied().collect();
        let mut registry = self.registry();
        for scope in &new {
            registry.add(*scope, notify);
        }
        let somebody_tails = std::mem::replace(&mut registry.is_tailing, true);
        drop(registry);
        if !somebody_tails {
            tokio::spawn(tail(Arc::downgrade(engine), Tailing(Some(self.clone()))));
        }
        let has_new = !new.is_empty();
        listening.extend(new);
        has_new
    }

    pub(crate) fn wake(&self, scopes: &[Scope]) {
        let registry = self.registry();
        let listeners = scopes.iter().filter_map(|scope| registry.listening.get(scope)).flatten();
        listeners.filter_map(Weak::upgrade).for_each(|listener| listener.notify_one());
    }

    fn wake_all(&self) {
        let registry = self.registry();
        registry
            .listening
            .values()
            .flatten()
            .filter_map(Weak::upgrade)
            .for_each(|listener| listener.notify_one());
    }

    /// Whether nobody listens any more; then tailing stops until somebody does.
    fn rest(&self) -> bool {
        let mut registry = self.registry();
        registry.forget_the_dead();
        let idle = registry.listening.is_empty();
        registry.is_tailing = !idle;
        idle
    }

    fn registry(&self) -> std::sync::MutexGuard<'_, Registry> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Registry {
    /// Before either table grows, it is looked through for those who have gone: a store that always has news to tell
    /// gives no other occasion.
    fn add(&mut self, scope: Scope, notify: &Arc<Notify>) {
        if self.listening.len() == self.listening.capacity() {
            self.forget_the_dead();
        }
        let listeners = self.listening.entry(scope).or_default();
        if listeners.len() == listeners.capacity() {
            listeners.retain(|listener| listener.strong_count() > 0);
        }
        listeners.push(Arc::downgrade(notify));
    }

    fn forget_the_dead(&mut self) {
        self.listening.retain(|_, listeners| {
            listeners.retain(|listener| listener.strong_count() > 0);
            !listeners.is_empty()
        });
    }
}

/// The watchers of one who tails. When that ends because its runtime does, as a server's worker may, those of other runtimes
/// take its place.
struct Tailing(Option<Watchers>);

impl Drop for Tailing {
    fn drop(&mut self) {
        if let Some(watchers) = self.0.take() {
            watchers.registry().is_tailing = false;
            watchers.wake_all();
        }
    }
}

async fn tail(engine: Weak<Engine>, mut tailing: Tailing) {
    let Some(watchers) = tailing.0.clone() else { return };
    let mut from = ChangeCursor::START;
    while let Some(engine) = engine.upgrade() {
        let is_quiet = match engine.store.changes(from, PATIENCE).await.map(|changes| changes.reply) {
            Ok(Changes::Entries { entries, next }) => {
                for entry in &entries {
                    match entry {
                        Change::Ended(key) => watchers.wake(&[engine.realm.session(key)]),
                        Change::Revoked { scopes, .. } => watchers.wake(scopes),
                        Change::Replaced(_) => {}
                    }
                }
                from = next;
                entries.is_empty()
            }
            Ok(Changes::Lagged { next }) => {
                watchers.wake_all();
                from = next;
                false
            }
            Err(_) => {
                watchers.wake_all();
                drop(engine);
                tokio::time::sleep(PAUSE).await;
                true
            }
        };
        if is_quiet && watchers.rest() {
            tailing.0 = None;
            return;
        }
    }
}

impl fmt::Debug for Watchers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Watchers(..)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn connections_that_came_and_went_are_forgotten_while_news_keeps_coming() {
        let mut registry = Registry::default();
        let stays = Arc::new(Notify::new());
        registry.add(Scope::from_bytes([0xff; 32]), &stays);
        for number in 0..10_000_u64 {
            let mut scope = [0; 32];
            scope[..8].copy_from_slice(&number.to_le_bytes());
            registry.add(Scope::from_bytes(scope), &Arc::new(Notify::new()));
        }
        assert!(registry.listening.len() < 100, "{}", registry.listening.len());
        assert!(registry.listening.contains_key(&Scope::from_bytes([0xff; 32])));
    }
}
