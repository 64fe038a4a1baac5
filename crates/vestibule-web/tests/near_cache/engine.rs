use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use vestibule::testing::TestClock;
use vestibule_web::{
    MemoryStore, NearCache,
    conformance::{NoHand, Subject},
    store::StoreBackend,
};

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

    async fn wipe_indexes(&self) -> Result<(), NoHand> {
        Err(NoHand("its indexes go with its sessions"))
    }

    async fn lose_everything(&self) -> Result<(), NoHand> {
        Err(NoHand("it ends with its process, and whoever asked it does too"))
    }

    async fn step_back(&self, _span: Duration) -> Result<(), NoHand> {
        Err(NoHand("the store behind it has one"))
    }

    async fn operations(&self) -> Result<u64, NoHand> {
        Err(NoHand("the store behind it counts"))
    }
}
