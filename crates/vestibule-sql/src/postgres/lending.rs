use std::{
    ops::{Deref, DerefMut},
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use sqlx::{Connection as _, PgConnection, PgPool, Postgres, pool::PoolConnection};

/// A connection that was idle for so long is asked whether it still stands.
const DOUBTFUL: Duration = Duration::from_secs(1);
/// After so long it goes back to the pool, which knows how old a connection may be.
const KEPT: Duration = Duration::from_secs(600);

/// Connections at hand. A pool asks each one that comes back whether it still stands, which takes as long as a statement; of
/// one whose answer was read to its end that is known.
#[derive(Debug, Default)]
pub(super) struct Lending(Mutex<AtHand>);

#[derive(Debug, Default)]
struct AtHand {
    /// The one that was used last is last.
    idle: Vec<Lent>,
    /// How many wait for the pool: it must get what comes back.
    waiting: usize,
}

/// A connection. Dropped, it goes back to the pool, as it must when nobody knows what comes over it next.
#[derive(Debug)]
pub(super) struct Lent {
    connection: PoolConnection<Postgres>,
    since: Duration,
    used: Duration,
}

impl Lending {
    /// A connection that stood a moment ago. `now` is monotonic, here and below.
    pub(super) async fn lend(&self, pool: &PgPool, now: Duration) -> Result<Lent, sqlx::Error> {
        while let Some(mut lent) = self.take_idle() {
            if now.saturating_sub(lent.used) < DOUBTFUL || lent.ping().await.is_ok() {
                return Ok(lent);
            }
        }
        let _waiting = Waiting(self);
        Ok(Lent { connection: pool.acquire().await?, since: now, used: now })
    }

    /// Takes back one whose answer was read to its end.
    pub(super) fn take_back(&self, mut lent: Lent, now: Duration) {
        lent.used = now;
        let mut at_hand = self.lock();
        let is_over = |since: Duration| now.saturating_sub(since) > KEPT;
        if at_hand.waiting == 0 && !is_over(lent.since) {
            at_hand.idle.push(lent);
        }
        if at_hand.idle.first().is_some_and(|unused| is_over(unused.used)) {
            at_hand.idle.remove(0);
        }
    }

    /// If there is none, the caller is one who waits for the pool.
    fn take_idle(&self) -> Option<Lent> {
        let mut at_hand = self.lock();
        let lent = at_hand.idle.pop();
        at_hand.waiting += usize::from(lent.is_none());
        lent
    }

    fn lock(&self) -> MutexGuard<'_, AtHand> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A connection that goes back to its pool needs a runtime, and a store may outlive that.
impl Drop for Lending {
    fn drop(&mut self) {
        for unused in self.lock().idle.drain(..) {
            drop(unused.connection.detach());
        }
    }
}

/// Somebody waits for the pool.
struct Waiting<'a>(&'a Lending);

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.lock().waiting -= 1;
    }
}

impl Deref for Lent {
    type Target = PgConnection;

    fn deref(&self) -> &PgConnection {
        &self.connection
    }
}

impl DerefMut for Lent {
    fn deref_mut(&mut self) -> &mut PgConnection {
        &mut self.connection
    }
}
