use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use vestibule::testing::TestClock;
use vestibule_web::{MemoryStore, NearCache, conformance::Subject, store::StoreBackend};

/// The memory store behind a near cache, as if both were one engine.
#[derive(Debug, Default)]
pub(crate) struct CachedMemory {
    clock: TestClock,
}

const LOG: usize = 32;

#[async_trait]
impl Subject for CachedMemory {
    async fn fresh(&self) -> Arc<dyn StoreBackend> {
        let clock = || Arc::new(self.clock.clone());
        let memory = MemoryStore::builder().clock(clock()).log_length(LOG).build();
        Arc::new(NearCache::builder(memory).clock(clock()).build())
    }

    async fn advance(&self, span: Duration) {
        self.clock.advance(span);
    }

    fn log_bound(&self) -> usize {
        LOG
    }
}
