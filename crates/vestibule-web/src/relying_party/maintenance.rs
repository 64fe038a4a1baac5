use std::{
    sync::{Arc, Weak},
    time::Duration,
};

use tokio::runtime::Handle;
use vestibule::Diagnose;

use crate::engine::Engine;

const PERIOD: Duration = Duration::from_secs(30);
const REAP_AT_ONCE: usize = 1000;

/// Starts the housekeeping with the first request, since `build` may run outside of a runtime. Ends with the engine.
pub(super) fn ensure_running(engine: &Arc<Engine>) {
    if engine.maintenance.is_completed() {
        return;
    }
    if let Ok(runtime) = Handle::try_current() {
        engine.maintenance.call_once(|| drop(runtime.spawn(keep_house(Arc::downgrade(engine)))));
    }
}

async fn keep_house(engine: Weak<Engine>) {
    while let Some(engine) = engine.upgrade() {
        let due = engine.client.provider().refresh_if_due().await.unwrap_or_else(|error| {
            tracing::warn!(code = error.code(), "the provider's metadata or keys could not be renewed");
            PERIOD
        });
        reap(&engine).await;
        let now = engine.clock().monotonic();
        engine.flights.forget_old(now);
        engine.spent_states.forget_old(now);
        drop(engine);
        tokio::time::sleep(due.min(PERIOD)).await;
    }
}

async fn reap(engine: &Engine) {
    loop {
        match engine.store.reap(REAP_AT_ONCE).await {
            Ok(reaped) if reaped.reply.more => tokio::task::yield_now().await,
            Ok(_) => return,
            Err(error) => return tracing::warn!(code = error.code(), "ended sessions could not be deleted"),
        }
    }
}
