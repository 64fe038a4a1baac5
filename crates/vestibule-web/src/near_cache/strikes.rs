use std::{
    collections::hash_map::Entry,
    sync::{
        PoisonError, RwLock,
        atomic::{AtomicU64, Ordering},
    },
};

use crate::{
    digest::DigestMap,
    store::{Cutoff, Scope, SessionKey, StoreTime},
};

/// How many struck scopes are remembered.
const MOST: usize = 16_384;

/// The logouts that were heard of lately, numbered in the order of their arrival. What is at hand remembers up to which
/// number it was held against them, and the rest is made up for when it is asked for.
#[derive(Debug, Default)]
pub(super) struct Strikes {
    count: AtomicU64,
    recent: RwLock<Recent>,
}

#[derive(Debug, Default)]
struct Recent {
    by_scope: DigestMap<Scope, Strike>,
    /// Strikes up to this number may have been forgotten.
    forgotten: u64,
}

#[derive(Debug)]
struct Strike {
    number: u64,
    cutoff: Cutoff,
}

impl Strikes {
    /// The number of the latest strike. To be taken before a read.
    pub(super) fn count(&self) -> u64 {
        self.count.load(Ordering::Acquire)
    }

    /// One more logout was heard of.
    pub(super) fn add(&self, scopes: &[Scope], at: StoreTime, spared: Option<SessionKey>) {
        if scopes.is_empty() {
            return;
        }
        let mut recent = self.recent.write().unwrap_or_else(PoisonError::into_inner);
        let number = self.count() + 1;
        if recent.by_scope.len().saturating_add(scopes.len()) > MOST {
            recent.by_scope.clear();
            recent.forgotten = number;
        }
        for scope in scopes.iter().take(MOST) {
            recent.add(*scope, number, at, spared);
        }
        self.count.store(number, Ordering::Release);
    }

    /// Holds something that was `checked` up to that strike against those since. The number up to which it is now, if
    /// none of them may have struck it.
    pub(super) fn spare(
        &self,
        checked: u64,
        key: &SessionKey,
        scopes: &[Scope],
        began: StoreTime,
    ) -> Option<u64> {
        let count = self.count();
        if checked >= count {
            return Some(checked);
        }
        let recent = self.recent.read().unwrap_or_else(PoisonError::into_inner);
        let struck = checked < recent.forgotten
            || scopes
                .iter()
                .filter_map(|scope| recent.by_scope.get(scope))
                .any(|strike| strike.number > checked && strike.cutoff.covers(key, began));
        (!struck).then_some(count)
    }
}

impl Recent {
    fn add(&mut self, scope: Scope, number: u64, at: StoreTime, spared: Option<SessionKey>) {
        match self.by_scope.entry(scope) {
            Entry::Occupied(mut known) => {
                let strike = known.get_mut();
                strike.number = number;
                strike.cutoff.strike(at, spared);
            }
            Entry::Vacant(free) => {
                free.insert(Strike { number, cutoff: Cutoff::new(at, spared) });
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: SessionKey = SessionKey::from_bytes([1; 32]);
    const OTHER: SessionKey = SessionKey::from_bytes([2; 32]);

    fn scope(number: usize) -> Scope {
        let mut bytes = [0; 32];
        bytes[..8].copy_from_slice(&number.to_le_bytes());
        Scope::from_bytes(bytes)
    }

    const fn at(moment: u64) -> StoreTime {
        StoreTime::from_millis(moment)
    }

    #[test]
    fn what_was_checked_is_held_against_later_strikes_only() {
        let strikes = Strikes::default();
        strikes.add(&[scope(1)], at(10), None);
        assert_eq!(strikes.spare(0, &KEY, &[scope(2), scope(1)], at(10)), None);
        assert_eq!(strikes.spare(1, &KEY, &[scope(1)], at(10)), Some(1), "it was read after that strike");
        assert_eq!(strikes.spare(0, &KEY, &[scope(1)], at(11)), Some(1), "it began after the logout");
        assert_eq!(strikes.spare(0, &KEY, &[scope(2)], at(10)), Some(1), "another scope");
        strikes.add(&[], at(99), None);
        assert_eq!(strikes.count(), 1);
    }

    #[test]
    fn the_spared_one_is_struck_by_the_others() {
        let strikes = Strikes::default();
        strikes.add(&[scope(1)], at(10), Some(KEY));
        assert_eq!(strikes.spare(0, &KEY, &[scope(1)], at(5)), Some(1));
        assert_eq!(strikes.spare(0, &OTHER, &[scope(1)], at(5)), None);
        strikes.add(&[scope(1)], at(7), None);
        assert_eq!(strikes.spare(1, &KEY, &[scope(1)], at(5)), None, "an earlier logout arrives late");
        assert_eq!(strikes.spare(1, &KEY, &[scope(1)], at(8)), Some(2));
    }

    #[test]
    fn bm13_the_strikes_have_a_bound_and_what_was_forgotten_is_asked_for() {
        let strikes = Strikes::default();
        for number in 0..MOST {
            strikes.add(&[scope(number)], at(10), None);
        }
        let all = MOST as u64;
        assert_eq!(strikes.spare(0, &KEY, &[scope(MOST)], at(5)), Some(all), "all are remembered");
        strikes.add(&[scope(MOST)], at(10), None);
        assert_eq!(strikes.spare(all, &KEY, &[scope(0)], at(5)), None, "it may have been struck");
        assert_eq!(strikes.spare(all + 1, &KEY, &[scope(0)], at(5)), Some(all + 1));
        assert_eq!(strikes.recent.read().unwrap().by_scope.len(), 1);

        let many: Vec<_> = (0..2 * MOST).map(scope).collect();
        strikes.add(&many, at(10), None);
        assert!(strikes.recent.read().unwrap().by_scope.len() <= MOST);
        assert_eq!(strikes.spare(all + 1, &KEY, &[], at(5)), None);
    }
}
