use vestibule::Diagnose;

use super::{Kept, Queued, landing};
use crate::{
    engine::Engine,
    observe,
    store::{Revocation, StoreError},
};

/// Whether the store may have carried out what it failed at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Asked {
    /// It was asked to, and did not answer.
    Maybe,
    /// It was not asked at all.
    Never,
}

impl Engine {
    /// Keeps a logout that the store did not take, for this `cause`: from now on it is in effect on this node, and soon
    /// everywhere. `false` when nothing can be done for it.
    ///
    /// In the journal, if there is one, when this returns.
    pub(crate) async fn keep_revocation(
        &self,
        revocation: Revocation,
        cause: &StoreError,
        asked: Asked,
    ) -> bool {
        let Revocation { scopes, heard, logout, spare } = revocation;
        let Some(heard) = heard else {
            return given_up(cause, "no_time");
        };
        let queued = Queued { scopes, heard, logout, spare };
        let queue = &self.store.queue;
        match queue.change(|entries| entries.keep(queued, asked == Asked::Maybe)) {
            Kept::Full => given_up(cause, "full"),
            Kept::Waits(queued) => {
                tracing::warn!(
                    event = "logout.queued",
                    code = cause.code(),
                    "the store did not take a logout, which is in effect here alone until it does"
                );
                self.watchers.wake(&queued.scopes);
                queue.write_down(&queued).await;
                landing::ensure_running(&self.store);
                true
            }
        }
    }
}

fn given_up(cause: &StoreError, reason: &'static str) -> bool {
    tracing::error!(
        event = "logout.not_queued",
        reason,
        code = cause.code(),
        "a logout is lost unless it is sent again"
    );
    observe::revocation_not_queued(reason);
    false
}
