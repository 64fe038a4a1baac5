use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use vestibule::{Clock as _, testing::TestClock};
use vestibule_web::{conformance::Subject, memory::MemoryStore, store::StoreBackend};

const LOG: usize = 32;

/// The memory store.
#[derive(Debug, Default)]
pub struct Memory(TestClock);

#[async_trait]
impl Subject for Memory {
    async fn fresh(&self) -> Arc<dyn StoreBackend> {
        Arc::new(MemoryStore::builder().clock(Arc::new(self.0.clone())).log_length(LOG).build())
    }

    async fn advance(&self, span: Duration) {
        self.0.advance(span);
    }

    async fn step_back(&self, span: Duration) -> bool {
        self.0.set_wall(self.0.unix_time().saturating_sub(span));
        true
    }

    fn log_bound(&self) -> usize {
        LOG
    }
}
