use std::{
    sync::{Arc, Weak, atomic::Ordering},
    time::Duration,
};

use tokio::runtime::Handle;
use vestibule::Diagnose;

use crate::{engine::Engine, observe, revocation_queue, store::StoreError};

const PERIOD: Duration = Duration::from_secs(30);
const REAP_AT_ONCE: usize = 1000;

/// Starts the housekeeping with the first request, since `build` may run outside of a runtime. It ends with the engine, or
/// with the runtime of that request: where each worker of a server has its own, the next request starts it anew.
pub(super) fn ensure_running(engine: &Arc<Engine>) {
    revocation_queue::ensure_running(&engine.store);
    if engine.is_maintained.load(Ordering::Relaxed) {
        return;
    }
    if let Ok(runtime) = Handle::try_current()
        && !engine.is_maintained.swap(true, Ordering::Relaxed)
    {
        // By now an application has installed what it records metrics with.
        observe::describe_metrics();
        runtime.spawn(keep_house(Arc::downgrade(engine), Running(Arc::downgrade(engine))));
    }
}

/// Tells when it is dropped that nobody keeps house any more.
struct Running(Weak<Engine>);

impl Drop for Running {
    fn drop(&mut self) {
        if let Some(engine) = self.0.upgrade() {
            engine.is_maintained.store(false, Ordering::Relaxed);
        }
    }
}

async fn keep_house(engine: Weak<Engine>, _running: Running) {
    let mut is_tested = false;
    while let Some(engine) = engine.upgrade() {
        is_tested = is_tested || tests_the_store(&engine).await;
        let due = engine.client.provider().refresh_if_due().await.unwrap_or_else(|error| {
            tracing::warn!(
                event = "provider.not_renewed",
                code = error.code(),
                "the provider's metadata or keys could not be renewed"
            );
            PERIOD
        });
        reap(&engine).await;
        let now = engine.clock().monotonic();
        engine.store.queue.forget_old(engine.store.latest(), now).await;
        engine.flights.forget_old(now);
        engine.spent_states.forget_old(now);
        drop(engine);
        tokio::time::sleep(due.min(PERIOD)).await;
    }
}

/// Whether the store could tell if it is set up to keep its promises. One that is not serves all the same: readiness says so,
/// too, and nobody is logged out by a setting.
async fn tests_the_store(engine: &Engine) -> bool {
    match engine.store.check().await {
        Ok(()) => true,
        Err(StoreError::Unavailable(_) | StoreError::TimedOut) => false,
        Err(error) => {
            let diagnosis = error.diagnosis();
            tracing::error!(
                event = "store.unfit",
                code = diagnosis.code(),
                hint = diagnosis.hint(),
                "the session store is not set up to keep its promises"
            );
            true
        }
    }
}

async fn reap(engine: &Engine) {
    loop {
        match engine.store.reap(REAP_AT_ONCE).await {
            Ok(reaped) if reaped.reply.more => tokio::task::yield_now().await,
            Ok(_) => return,
            Err(error) => {
                return tracing::warn!(
                    event = "session.not_reaped",
                    code = error.code(),
                    "ended sessions could not be deleted"
                );
            }
        }
    }
}
