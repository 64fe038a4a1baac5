use std::{
    collections::HashMap,
    mem,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use sha2::{Digest, Sha256};
use vestibule::State;

use crate::pending;

/// How many states one generation holds. Two are kept, so that a flood of callbacks costs neither more memory nor more
/// time; what it drives out could be answered once more, and the provider still takes every code once only.
const GENERATION: usize = 50_000;

/// The `state` values whose answers this process has taken, so that a double click exchanges a code once.
#[derive(Debug, Default)]
pub(crate) struct SpentStates(Mutex<Generations>);

/// When each state was taken, in monotonic time, by its digest.
#[derive(Debug, Default)]
struct Generations {
    young: HashMap<[u8; 32], Duration>,
    old: HashMap<[u8; 32], Duration>,
}

impl SpentStates {
    /// Whether this is the first time. `now` is monotonic.
    pub(crate) fn take(&self, state: &State, now: Duration) -> bool {
        let digest = digest(state.expose());
        let mut spent = self.spent();
        if spent.contains(&digest) {
            return false;
        }
        if spent.young.len() >= GENERATION {
            spent.old = mem::take(&mut spent.young);
        }
        spent.young.insert(digest, now);
        true
    }

    /// Whether the answer to this `state` was taken here before.
    pub(crate) fn contains(&self, state: &str) -> bool {
        self.spent().contains(&digest(state))
    }

    /// Forgets what no cookie can bring back.
    pub(crate) fn forget_old(&self, now: Duration) {
        let matters = |at: Duration| now.saturating_sub(at).as_secs() <= pending::LIFETIME;
        let Generations { young, old } = &mut *self.spent();
        young.retain(|_, at| matters(*at));
        old.retain(|_, at| matters(*at));
    }

    fn spent(&self) -> MutexGuard<'_, Generations> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Generations {
    fn contains(&self, digest: &[u8; 32]) -> bool {
        self.young.contains_key(digest) || self.old.contains_key(digest)
    }
}

fn digest(state: &str) -> [u8; 32] {
    Sha256::digest(state).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Duration = Duration::from_secs(1);

    fn state(number: usize) -> State {
        State::new(number.to_string())
    }

    #[test]
    fn a_flood_of_callbacks_is_remembered_in_bounds() {
        let spent = SpentStates::default();
        for number in 0..3 * GENERATION {
            assert!(spent.take(&state(number), NOW));
        }
        let Generations { young, old } = &*spent.spent();
        assert!(young.len() + old.len() <= 2 * GENERATION, "{} and {}", young.len(), old.len());
    }

    #[test]
    fn the_latest_are_known_also_across_generations() {
        let spent = SpentStates::default();
        for number in 0..GENERATION + 1 {
            assert!(spent.take(&state(number), NOW));
        }
        assert!(!spent.take(&state(0), NOW));
        assert!(!spent.take(&state(GENERATION), NOW));
        assert!(spent.contains("0"));
    }

    #[test]
    fn c12_a_state_is_forgotten_when_its_cookie_is() {
        let spent = SpentStates::default();
        spent.take(&state(1), NOW);
        spent.forget_old(NOW + Duration::from_secs(pending::LIFETIME));
        assert!(spent.contains("1"));
        spent.forget_old(NOW + Duration::from_secs(pending::LIFETIME + 1));
        assert!(!spent.contains("1"));
    }
}
