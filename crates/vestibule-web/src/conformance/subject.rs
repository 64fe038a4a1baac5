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
}
