use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use vestibule::{Clock as _, testing::TestClock};
use vestibule_web::{
    conformance::{NoHand, Subject},
    memory::MemoryStore,
    store::StoreBackend,
};

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

    async fn step_back(&self, span: Duration) -> Result<(), NoHand> {
        self.clock.set_wall(self.clock.unix_time().saturating_sub(span));
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
