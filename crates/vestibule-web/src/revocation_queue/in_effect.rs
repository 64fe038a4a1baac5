use std::collections::{HashMap, hash_map};

use super::Queued;
use crate::store::{Cutoff, Scope, SessionKey, StoreTime};

/// What the queued logouts mean for the sessions of this node: the store's own rule, for logouts that it has not taken.
#[derive(Debug, Default)]
pub(super) struct InEffect(HashMap<Scope, Struck>);

#[derive(Debug)]
struct Struck {
    cutoff: Cutoff,
    /// How many queued logouts strike it.
    by: usize,
}

impl InEffect {
    pub(super) fn add(&mut self, queued: &Queued) {
        for scope in &queued.scopes {
            match self.0.entry(*scope) {
                hash_map::Entry::Vacant(vacant) => {
                    vacant.insert(Struck { cutoff: Cutoff::new(queued.heard, queued.spare), by: 1 });
                }
                hash_map::Entry::Occupied(mut known) => {
                    let known = known.get_mut();
                    known.by += 1;
                    known.cutoff.strike(queued.heard, queued.spare);
                }
            }
        }
    }

    /// Takes one out again. What it means stays for as long as another one strikes the same scope: it was heard, after all.
    pub(super) fn remove(&mut self, queued: &Queued) {
        for scope in &queued.scopes {
            if let hash_map::Entry::Occupied(mut known) = self.0.entry(*scope) {
                known.get_mut().by -= 1;
                if known.get().by == 0 {
                    known.remove();
                }
            }
        }
    }

    pub(super) fn covers(&self, key: &SessionKey, scopes: &[Scope], began: StoreTime) -> bool {
        let mut struck = scopes.iter().filter_map(|scope| self.0.get(scope));
        struck.any(|struck| struck.cutoff.covers(key, began))
    }
}
