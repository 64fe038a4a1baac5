use std::{
    collections::{HashMap, VecDeque},
    time::Duration,
};

use super::{InEffect, Name, Queued};
use crate::store::{LogoutId, Scope, SessionKey, StoreTime};

/// How many wait at most: a flood of logouts beside a store that is down costs no more than this (checklist H21).
pub(super) const MOST: usize = 10_000;
/// How long one that the store has taken is remembered: longer than any call of the store is awaited that began before
/// that, and than any provider may send the same token again.
const AFTERWARDS: Duration = Duration::from_secs(6 * 60);

/// The logouts that wait for the store, and those that it took lately.
#[derive(Debug, Default)]
pub(super) struct Entries {
    by_name: HashMap<Name, Entry>,
    /// Whose turn it is. Names of those that wait no more fall out when they are met.
    turns: VecDeque<Name>,
    waiting: usize,
    in_effect: InEffect,
}

#[derive(Debug)]
struct Entry {
    queued: Queued,
    /// Whether the store may have taken it although no reply says so.
    maybe_taken: bool,
    state: State,
}

#[derive(Debug, PartialEq, Eq)]
enum State {
    Waiting,
    /// The store has it, since this moment of the monotonic clock; whether the provider was told so.
    Taken {
        since: Duration,
        told: bool,
    },
}

/// What became of one that was to wait.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Kept {
    /// It waits, and is in effect.
    Waits(Queued),
    /// There are too many already.
    Full,
}

impl Entries {
    /// Lets one wait, and be in effect. Of a logout token that waits already the first moment counts; of any other logout
    /// the latest.
    pub(super) fn keep(&mut self, queued: Queued, maybe_taken: bool) -> Kept {
        let name = queued.name();
        let known = self.by_name.remove(&name);
        let was_waiting = known.as_ref().is_some_and(|known| known.state == State::Waiting);
        if self.waiting >= MOST && !was_waiting {
            known.map(|known| self.by_name.insert(name, known));
            return Kept::Full;
        }
        let mut entry = Entry { queued, maybe_taken, state: State::Waiting };
        if let Some(known) = known {
            self.in_effect.remove(&known.queued);
            entry.maybe_taken |= known.maybe_taken;
            entry.queued.heard = match entry.queued.logout {
                Some(_) => known.queued.heard,
                None => known.queued.heard.max(entry.queued.heard),
            };
        }
        if !was_waiting {
            self.waiting += 1;
            self.turns.push_back(name);
        }
        self.in_effect.add(&entry.queued);
        let kept = Kept::Waits(entry.queued.clone());
        self.by_name.insert(name, entry);
        kept
    }

    pub(super) fn covers(&self, key: &SessionKey, scopes: &[Scope], began: StoreTime) -> bool {
        self.in_effect.covers(key, scopes, began)
    }

    /// When a logout token was first heard, unless its provider was told since that it was carried out.
    pub(super) fn first_heard(&self, logout: &LogoutId) -> Option<StoreTime> {
        let entry = self.by_name.get(&Name::of_token(logout))?;
        (!matches!(entry.state, State::Taken { told: true, .. })).then_some(entry.queued.heard)
    }

    /// The next few in turn; the turn of each comes again.
    pub(super) fn next(&mut self, count: usize) -> Vec<Queued> {
        let mut next = Vec::new();
        for _ in 0..self.turns.len() {
            if next.len() == count {
                break;
            }
            let Some(name) = self.turns.pop_front() else { break };
            if let Some(entry) = self.by_name.get(&name).filter(|entry| entry.state == State::Waiting) {
                next.push(entry.queued.clone());
                self.turns.push_back(name);
            }
        }
        next
    }

    /// The store has it, at least as it was `taken`: one that was heard again meanwhile waits on. Answers whether it waited.
    pub(super) fn taken(&mut self, taken: &Queued, now: Duration, told: bool) -> bool {
        let (name, has_room) = (taken.name(), self.by_name.len() <= 2 * MOST);
        let Some(entry) = self.by_name.get_mut(&name) else { return false };
        match &mut entry.state {
            State::Waiting if entry.queued.heard > taken.heard => false,
            State::Waiting if !has_room => self.forget(&name).is_some(),
            State::Waiting => {
                entry.state = State::Taken { since: now, told };
                self.waiting -= 1;
                true
            }
            State::Taken { told: known, .. } => {
                *known |= told;
                false
            }
        }
    }

    /// The store was asked to take it, and what it did is unknown.
    pub(super) fn maybe_taken(&mut self, queued: &Queued) {
        if let Some(entry) = self.by_name.get_mut(&queued.name()) {
            entry.maybe_taken = true;
        }
    }

    /// The store had spent its token before. Unless that may have been us, it is a replay, which takes no effect. Answers
    /// whether it is one.
    pub(super) fn withdraw_replay(&mut self, queued: &Queued) -> bool {
        let name = queued.name();
        if self.by_name.get(&name).is_none_or(|entry| entry.maybe_taken || entry.state != State::Waiting) {
            return false;
        }
        self.forget(&name);
        true
    }

    /// Forgets those that have waited for longer than any session lives that they strike, which are returned, and those
    /// that were taken long ago.
    pub(super) fn forget_old(
        &mut self,
        store: Option<StoreTime>,
        now: Duration,
        retention: Duration,
    ) -> Vec<Queued> {
        let is_over = |entry: &Entry| match entry.state {
            State::Waiting => store.is_some_and(|store| store.since(entry.queued.heard) > retention),
            State::Taken { since, .. } => now.saturating_sub(since) > AFTERWARDS,
        };
        let over: Vec<_> =
            self.by_name.iter().filter(|(_, entry)| is_over(entry)).map(|(name, _)| *name).collect();
        over.iter().filter_map(|name| self.forget(name)).collect()
    }

    /// Returns it if it was waiting.
    fn forget(&mut self, name: &Name) -> Option<Queued> {
        let entry = self.by_name.remove(name)?;
        self.in_effect.remove(&entry.queued);
        if entry.state != State::Waiting {
            return None;
        }
        self.waiting -= 1;
        Some(entry.queued)
    }

    pub(super) fn is_waiting(&self, queued: &Queued) -> bool {
        self.by_name.get(&queued.name()).is_some_and(|entry| entry.state == State::Waiting)
    }

    pub(super) const fn waiting(&self) -> usize {
        self.waiting
    }

    /// How many there are, those that were taken lately included.
    pub(super) fn len(&self) -> usize {
        self.by_name.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOUR: Duration = Duration::from_secs(3600);
    const NOW: Duration = Duration::from_secs(77);

    const fn at(millis: u64) -> StoreTime {
        StoreTime::from_millis(millis)
    }

    fn scope(number: u8) -> Scope {
        Scope::from_bytes([number; 32])
    }

    fn key(number: u8) -> SessionKey {
        SessionKey::from_bytes([number; 32])
    }

    fn token(number: u8, heard: u64) -> Queued {
        let logout = Some(LogoutId::from_bytes([number; 32]));
        Queued { scopes: vec![scope(number)], heard: at(heard), logout, spare: None }
    }

    fn ended(number: u8, heard: u64) -> Queued {
        Queued { logout: None, ..token(number, heard) }
    }

    fn covers(entries: &Entries, number: u8, began: u64) -> bool {
        entries.covers(&key(1), &[scope(200), scope(number)], at(began))
    }

    #[test]
    fn bm09_of_a_token_the_first_moment_counts_of_any_other_logout_the_latest() {
        let mut entries = Entries::default();
        for (queued, heard) in
            [(token(1, 50), 50), (token(1, 70), 50), (ended(2, 50), 50), (ended(2, 70), 70)]
        {
            let kept = entries.keep(queued.clone(), false);
            assert_eq!(kept, Kept::Waits(Queued { heard: at(heard), ..queued }));
        }
        assert_eq!(entries.waiting(), 2);
        assert!(covers(&entries, 1, 50) && !covers(&entries, 1, 51));
        assert!(covers(&entries, 2, 70) && !covers(&entries, 2, 71));
        assert!(!covers(&entries, 3, 0));
        assert_eq!(entries.first_heard(&LogoutId::from_bytes([1; 32])), Some(at(50)));
        assert_eq!(entries.first_heard(&LogoutId::from_bytes([2; 32])), None);
    }

    #[test]
    fn invariant_12_the_session_that_stays_stays() {
        let mut entries = Entries::default();
        entries.keep(Queued { spare: Some(key(1)), ..ended(1, 50) }, false);
        assert!(!covers(&entries, 1, 10));
        assert!(entries.covers(&key(2), &[scope(1)], at(10)));
        entries.keep(token(1, 30), false);
        assert!(covers(&entries, 1, 30) && !covers(&entries, 1, 31), "another logout does not spare it");
    }

    #[test]
    fn bm08_what_was_heard_again_while_the_store_took_it_waits_on() {
        let mut entries = Entries::default();
        let first = ended(1, 50);
        entries.keep(first.clone(), true);
        entries.keep(ended(1, 70), true);
        assert!(!entries.taken(&first, NOW, false));
        assert_eq!(entries.next(9), [ended(1, 70)]);
        assert!(entries.taken(&ended(1, 70), NOW, false));
        assert_eq!((entries.next(9), entries.waiting()), (vec![], 0));
        entries.keep(ended(1, 90), true);
        assert_eq!(entries.next(9), [ended(1, 90)], "and once more");
    }

    #[test]
    fn bm08_turns_come_round() {
        let mut entries = Entries::default();
        for number in 1..=3 {
            entries.keep(token(number, 50), false);
        }
        assert_eq!(entries.next(2), [token(1, 50), token(2, 50)]);
        assert_eq!(entries.next(2), [token(3, 50), token(1, 50)]);
        entries.taken(&token(2, 50), NOW, false);
        assert_eq!(entries.next(9), [token(3, 50), token(1, 50)]);
    }

    #[test]
    fn b13_a_replay_is_one_only_if_we_cannot_have_spent_the_token() {
        for maybe_taken in [false, true] {
            let mut entries = Entries::default();
            entries.keep(token(1, 50), maybe_taken);
            assert_eq!(entries.withdraw_replay(&token(1, 50)), !maybe_taken);
            assert_eq!((entries.waiting() == 1, covers(&entries, 1, 50)), (maybe_taken, maybe_taken));
        }
        let mut entries = Entries::default();
        entries.keep(token(1, 50), false);
        entries.maybe_taken(&token(1, 50));
        assert!(!entries.withdraw_replay(&token(1, 50)));
    }

    #[test]
    fn h21_only_so_many_wait() {
        let mut entries = Entries::default();
        let numbered = |number: usize| {
            let mut bytes = [0; 32];
            bytes[..8].copy_from_slice(&number.to_be_bytes());
            Queued { scopes: vec![Scope::from_bytes(bytes)], ..ended(0, 50) }
        };
        for round in 0..5 {
            for number in 0..MOST {
                assert_ne!(entries.keep(numbered(round * MOST + number), false), Kept::Full);
            }
            assert_eq!(entries.keep(ended(7, 50), false), Kept::Full);
            assert_ne!(entries.keep(numbered(round * MOST), false), Kept::Full, "it waits already");
            assert!(entries.len() <= 3 * MOST + 1, "{}", entries.len());
            for number in 0..MOST {
                assert!(entries.taken(&numbered(round * MOST + number), NOW, false));
            }
            assert_eq!(entries.waiting(), 0);
        }
    }

    #[test]
    fn bm08_what_can_matter_no_more_is_forgotten() {
        let mut entries = Entries::default();
        entries.keep(token(1, 1000), false);
        entries.keep(token(2, 2000), false);
        entries.taken(&token(2, 2000), NOW, false);
        let retention = Duration::from_millis(500);
        assert_eq!(entries.forget_old(Some(at(1500)), NOW + AFTERWARDS, retention), []);
        assert_eq!(entries.forget_old(None, NOW + HOUR, retention), [], "taken ones, which are not lost");
        assert_eq!((entries.len(), covers(&entries, 2, 0)), (1, false));
        assert_eq!(entries.forget_old(Some(at(1501)), NOW, retention), [token(1, 1000)]);
        assert_eq!((entries.len(), entries.waiting(), covers(&entries, 1, 0)), (0, 0, false));
    }
}
