use std::{
    collections::{HashMap, VecDeque},
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
};

use tokio::{sync::Notify, task};

use crate::store::StoreError;

/// A verb of [`SessionStore`](crate::store::SessionStore).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "each is named as the verb")]
#[non_exhaustive]
pub enum Verb {
    BeginAttempt,
    Changes,
    Check,
    CommitRefresh,
    End,
    EndIf,
    EndListed,
    Insert,
    IsCovered,
    Lease,
    Load,
    Now,
    Reap,
    Release,
    Renew,
    Replace,
    Revoke,
    SessionsOf,
    Touch,
}

/// When something happens to a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Moment {
    /// Before it is carried out: nothing changes.
    Before,
    /// After it was carried out: the reply is what suffers.
    After,
}

/// What is to happen to the calls to come, and how many there were.
#[derive(Debug, Default)]
pub(super) struct Plan {
    verbs: Mutex<HashMap<Verb, Calls>>,
    down: AtomicBool,
    remote: AtomicBool,
}

#[derive(Debug, Default)]
struct Calls {
    count: usize,
    actions: VecDeque<Action>,
}

#[derive(Clone, Debug)]
pub(super) enum Action {
    Fail(Moment, fn() -> StoreError),
    Stall(Moment, Arc<Gate>),
}

impl Plan {
    pub(super) fn push(&self, verb: Verb, action: Action) {
        self.verbs().entry(verb).or_default().actions.push_back(action);
    }

    pub(super) fn outage(&self, down: bool) {
        self.down.store(down, Ordering::SeqCst);
    }

    pub(super) fn remote(&self) {
        self.remote.store(true, Ordering::SeqCst);
    }

    pub(super) fn calls(&self, verb: Verb) -> usize {
        self.verbs().get(&verb).map_or(0, |calls| calls.count)
    }

    /// Carries out one call of `verb` as planned.
    pub(super) async fn carry_out<R>(
        &self,
        verb: Verb,
        call: impl Future<Output = Result<R, StoreError>>,
    ) -> Result<R, StoreError> {
        let action = self.next(verb);
        self.travel().await;
        self.happen(action.as_ref(), Moment::Before).await?;
        let reply = call.await?;
        self.happen(action.as_ref(), Moment::After).await?;
        self.travel().await;
        Ok(reply)
    }

    async fn travel(&self) {
        if self.remote.load(Ordering::SeqCst) {
            task::yield_now().await;
        }
    }

    async fn happen(&self, action: Option<&Action>, now: Moment) -> Result<(), StoreError> {
        match action {
            Some(Action::Fail(moment, error)) if *moment == now => Err(error()),
            Some(Action::Stall(moment, gate)) if *moment == now => {
                gate.pass().await;
                Ok(())
            }
            None if now == Moment::Before && self.down.load(Ordering::SeqCst) => Err(injected()),
            _ => Ok(()),
        }
    }

    fn next(&self, verb: Verb) -> Option<Action> {
        let mut verbs = self.verbs();
        let calls = verbs.entry(verb).or_default();
        calls.count += 1;
        calls.actions.pop_front()
    }

    fn verbs(&self) -> MutexGuard<'_, HashMap<Verb, Calls>> {
        self.verbs.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

pub(super) fn injected() -> StoreError {
    StoreError::Unavailable("a fault that was asked for".into())
}

/// Where a stalled call waits.
#[derive(Debug, Default)]
pub(super) struct Gate {
    reached: Notify,
    opened: Notify,
}

impl Gate {
    pub(super) async fn reached(&self) {
        self.reached.notified().await;
    }

    pub(super) fn open(&self) {
        self.opened.notify_one();
    }

    async fn pass(&self) {
        self.reached.notify_one();
        self.opened.notified().await;
    }
}
