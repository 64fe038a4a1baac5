use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use vestibule::{Clock as _, testing::TestClock};
use vestibule_web::{
    conformance::{NoHand, Subject},
    memory::MemoryStore,
    store::StoreBackend,
};

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

    async fn step_back(&self, span: Duration) -> Result<(), NoHand> {
        self.0.set_wall(self.0.unix_time().saturating_sub(span));
        Ok(())
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

    async fn operations(&self) -> Result<u64, NoHand> {
        Err(NoHand("a test of its own counts its look-ups"))
    }
}
