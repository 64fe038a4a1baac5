use std::{sync::Arc, time::Duration};

use async_trait::async_trait;

use crate::store::StoreBackend;

/// An engine under test, and the hands of its clock.
#[async_trait]
pub trait Subject: Send + Sync {
    /// The engine, with nothing in it: no sessions, no cutoffs, no spent logout tokens, no log.
    ///
    /// What earlier calls handed out may stop working.
    async fn fresh(&self) -> Arc<dyn StoreBackend>;

    /// The engine that [`fresh`](Self::fresh) handed out last, as another process reaches it. `None` if it is all in one
    /// process.
    async fn another_node(&self) -> Option<Arc<dyn StoreBackend>> {
        None
    }

    /// Lets at least `span` pass on the store's clock, by moving its hands or by waiting.
    async fn advance(&self, span: Duration);

    /// What the suite counts time in. Default: one minute, for clocks that can be moved.
    ///
    /// An engine that really waits answers with a span in which it surely carries out a dozen verbs. No promise is
    /// checked against another clock than the store's own.
    fn unit(&self) -> Duration {
        Duration::from_secs(60)
    }

    /// A number of changes after which the log has surely dropped the first one. Keep it small: the suite makes as many.
    fn log_bound(&self) -> usize;

    /// Loses everything in the engine that is there for speed or housekeeping only: indexes of sessions by scope or subject,
    /// lists of what to reap. Records, cutoffs, spent logout tokens and the log stay.
    async fn wipe_indexes(&self) -> Result<(), NoHand>;

    /// Lets the engine come back empty, as after a restart without its data. What [`fresh`](Self::fresh) handed out last
    /// goes on to work.
    async fn lose_everything(&self) -> Result<(), NoHand>;

    /// Sets the clock that the engine runs on back by `span`, as a failover to a slower machine does.
    async fn step_back(&self, span: Duration) -> Result<(), NoHand>;

    /// How many operations the engine has carried out so far: commands, statements, rows written, whatever it counts.
    async fn operations(&self) -> Result<u64, NoHand>;
}

/// Why an engine cannot be handled like that: it cannot happen to it, or another test shows the same. What an invariant
/// needs is not left out by oversight.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NoHand(pub &'static str);
