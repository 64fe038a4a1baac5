use std::{sync::Arc, time::Duration};

use tokio::task::JoinHandle;

use super::LEASE;
use crate::store::{HolderId, NodeStore, Renew, SessionKey};

const EVERY: Duration = Duration::from_secs(2);

/// Keeps the lease for as long as it is held itself: a slow provider is no dead holder, and a holder that died or
/// panicked is soon replaced.
#[derive(Debug)]
pub(super) struct Heartbeat(JoinHandle<()>);

impl Heartbeat {
    pub(super) fn start(store: Arc<NodeStore>, key: SessionKey, holder: HolderId) -> Self {
        Self(tokio::spawn(async move {
            loop {
                tokio::time::sleep(EVERY).await;
                match store.renew(&key, &holder, LEASE).await.map(|renewed| renewed.reply) {
                    // A store that fails may answer the next time.
                    Ok(Renew::Renewed { .. }) | Err(_) => {}
                    Ok(Renew::Lost | Renew::Gone(_) | Renew::Absent) => return,
                }
            }
        }))
    }
}

impl Drop for Heartbeat {
    fn drop(&mut self) {
        self.0.abort();
    }
}
