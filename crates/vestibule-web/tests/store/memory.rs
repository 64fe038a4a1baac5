use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use vestibule::testing::TestClock;
use vestibule_web::{conformance::Subject, memory::MemoryStore, store::StoreBackend};

/// The memory store on a clock that the test moves.
#[derive(Debug, Default)]
pub(crate) struct Memory {
    pub(crate) clock: TestClock,
}

const LOG: usize = 32;

#[async_trait]
impl Subject for Memory {
    async fn fresh(&self) -> Arc<dyn StoreBackend> {
        Arc::new(MemoryStore::builder().clock(Arc::new(self.clock.clone())).log_length(LOG).build())
    }

    async fn advance(&self, span: Duration) {
        self.clock.advance(span);
    }

    fn log_bound(&self) -> usize {
        LOG
    }
}
