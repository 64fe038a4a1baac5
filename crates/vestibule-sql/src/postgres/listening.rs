use std::{
    sync::{
        Arc, OnceLock,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use sqlx::{PgPool, postgres::PgListener};
use tokio::{sync::Notify, task::AbortHandle, time::sleep};

/// Over which channel the server tells that a log has grown.
pub(super) const CHANNEL: &str = "vestibule_log";

/// How often the log is read while nobody listens.
const UNHEARD: Duration = Duration::from_millis(250);
/// How often it is read in any case: a connection may be dead without showing it.
const HEARD: Duration = Duration::from_secs(1);
/// How long to wait before listening anew.
const AGAIN: Duration = Duration::from_millis(250);

/// One connection that listens for all who wait. It only wakes them; what happened they read from the log.
#[derive(Debug, Default)]
pub(super) struct Listening {
    ear: Arc<Ear>,
    task: OnceLock<AbortHandle>,
}

#[derive(Debug, Default)]
struct Ear {
    news: Notify,
    listens: AtomicBool,
}

impl Listening {
    /// Listens from the first call on.
    pub(super) fn news(&self, connection: impl FnOnce() -> PgPool) -> &Notify {
        self.task.get_or_init(|| tokio::spawn(listen(connection(), Arc::clone(&self.ear))).abort_handle());
        &self.ear.news
    }

    /// How long a wait for news may be trusted.
    pub(super) fn glance(&self) -> Duration {
        if self.ear.listens.load(Ordering::Relaxed) { HEARD } else { UNHEARD }
    }
}

impl Drop for Listening {
    fn drop(&mut self) {
        if let Some(task) = self.task.get() {
            task.abort();
        }
    }
}

async fn listen(pool: PgPool, ear: Arc<Ear>) {
    loop {
        if let Err(error) = hear(&pool, &ear).await {
            tracing::debug!(%error, "cannot listen to the database server");
        }
        ear.listens.store(false, Ordering::Relaxed);
        sleep(AGAIN).await;
    }
}

async fn hear(pool: &PgPool, ear: &Ear) -> Result<(), sqlx::Error> {
    let mut listener = PgListener::connect_with(pool).await?;
    listener.listen(CHANNEL).await?;
    loop {
        ear.listens.store(true, Ordering::Relaxed);
        // What was told before it listened, or while it did not.
        ear.news.notify_waiters();
        // Nothing means that the connection was lost and stands again.
        while listener.try_recv().await?.is_some() {
            ear.news.notify_waiters();
        }
    }
}
