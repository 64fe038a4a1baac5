use vestibule_web::store::StoreError;

use super::Sessions;
use crate::{Durability, error::Failure};

impl Sessions {
    /// Whether the server is one that can keep the promises of a store. That it is new enough, a master and writable shows in
    /// that it answers at all.
    pub(super) async fn check_fitness(&self) -> Result<(), StoreError> {
        self.tell_time().await?;
        let server = self.link.server().await?;
        let info = server.info(&self.keys.meta).await.map_err(|error| Failure::from(error).error)?;
        if info.may_evict() {
            return Err(StoreError::MayEvict);
        }
        match self.settings.durability {
            Durability::WaitReplicas { replicas, .. } if info.replicas() < u64::from(replicas) => {
                Err(StoreError::NotReplicated)
            }
            Durability::Async if info.keeps_nothing() => {
                self.was_warned.call_once(|| {
                    tracing::warn!(
                        event = "store.not_durable",
                        "the session store has no replica and no append-only file: when it fails, its sessions end"
                    );
                });
                Ok(())
            }
            _ => Ok(()),
        }
    }
}
