use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use vestibule::{Clock as _, testing::TestClock};
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

    async fn step_back(&self, span: Duration) -> bool {
        self.clock.set_wall(self.clock.unix_time().saturating_sub(span));
        true
    }

    fn log_bound(&self) -> usize {
        LOG
    }
}
