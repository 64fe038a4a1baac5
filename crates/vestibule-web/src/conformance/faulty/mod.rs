mod plan;
mod store;

use std::sync::Arc;

use crate::store::{Realm, Retention, SessionStore, StoreBackend, StoreError};

use self::{
    plan::{Action, Gate, Plan, injected},
    store::FaultyStore,
};

pub use plan::{Moment, Verb};

/// Another engine, except that its verbs fail or stall when told to. Clones share what they were told.
///
/// A node that dies between two steps of its own is a call that was stalled and dropped; a network that breaks is a
/// call that fails before or after it was carried out.
#[derive(Clone, Debug)]
pub struct Faulty {
    inner: Arc<dyn StoreBackend>,
    plan: Arc<Plan>,
}

impl Faulty {
    /// Does what `inner` does until told otherwise.
    pub fn new(inner: Arc<dyn StoreBackend>) -> Self {
        Self { inner, plan: Arc::default() }
    }

    /// Lets the next call of `verb` fail with [`Unavailable`](crate::store::StoreError::Unavailable), before or after
    /// it was carried out. Calls of this method and of [`stall_next`](Self::stall_next) queue up.
    pub fn fail_next(&self, verb: Verb, moment: Moment) {
        self.fail_next_with(verb, moment, injected);
    }

    /// As [`fail_next`](Self::fail_next), with another error.
    pub fn fail_next_with(&self, verb: Verb, moment: Moment, error: fn() -> StoreError) {
        self.plan.push(verb, Action::Fail(moment, error));
    }

    /// Lets the next call of `verb` wait, before or after it was carried out, until it is released.
    pub fn stall_next(&self, verb: Verb, moment: Moment) -> Stalled {
        let gate = Arc::new(Gate::default());
        self.plan.push(verb, Action::Stall(moment, Arc::clone(&gate)));
        Stalled(gate)
    }

    /// Lets every call of every verb fail before it is carried out, or no longer.
    pub fn outage(&self, down: bool) {
        self.plan.outage(down);
    }

    /// Puts the store on another machine: other tasks run before and after every call is carried out.
    pub fn remote(&self) {
        self.plan.remote();
    }

    /// How many calls of `verb` there were, failed ones included.
    pub fn calls(&self, verb: Verb) -> usize {
        self.plan.calls(verb)
    }
}

impl StoreBackend for Faulty {
    fn open(&self, realm: &Realm, retention: Retention) -> Arc<dyn SessionStore> {
        Arc::new(FaultyStore { inner: self.inner.open(realm, retention), plan: Arc::clone(&self.plan) })
    }
}

/// A call that waits where it was told to. Dropping this releases it.
#[derive(Debug)]
pub struct Stalled(Arc<Gate>);

impl Stalled {
    /// Waits until the call has come to its place.
    pub async fn reached(&self) {
        self.0.reached().await;
    }

    /// Lets the call go on.
    pub fn release(self) {}
}

impl Drop for Stalled {
    fn drop(&mut self) {
        self.0.open();
    }
}
