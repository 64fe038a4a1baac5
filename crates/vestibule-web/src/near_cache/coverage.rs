use std::{
    fmt,
    hash::{BuildHasherDefault, Hash, Hasher},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use quick_cache::{
    Equivalent, Weighter,
    sync::{Cache, DefaultLifecycle},
};

use crate::{
    digest::{Prefix, prefix},
    store::{Scope, SessionKey, Stamped, StoreTime},
};

use super::{
    gate::{Gate, Ticket},
    strikes::Strikes,
    weight::{self, Bounds},
};

/// What the store told of sessions that it does not keep: which logouts cover them.
///
/// The later something began, the fewer logouts cover it. So one answer serves all that began later, or earlier: the access
/// tokens of one user above all, whose beginnings are known to a second only.
pub(super) struct CachedCoverage {
    entries: Cache<Listener, Arc<Known>, BySize, BuildHasherDefault<Prefix>>,
    gate: Gate,
}

/// Who is asked about.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct ListenerOf<'a> {
    pub(super) key: &'a SessionKey,
    pub(super) scopes: &'a [Scope],
}

#[derive(PartialEq, Eq)]
struct Listener {
    key: SessionKey,
    scopes: Box<[Scope]>,
}

struct Known(Mutex<Facts>);

/// What is known of one listener.
#[derive(Clone, Copy, Default)]
struct Facts {
    /// What began by then is covered, for good.
    covered: Option<StoreTime>,
    clear: Option<Clear>,
}

/// What began from then on is not covered, as the store told.
#[derive(Clone, Copy)]
struct Clear {
    from: StoreTime,
    /// Up to which strike that holds.
    checked: u64,
}

impl CachedCoverage {
    pub(super) fn new(bounds: Bounds) -> Self {
        let entries = Cache::with(
            bounds.items,
            bounds.bytes,
            BySize(bounds),
            BuildHasherDefault::default(),
            DefaultLifecycle::default(),
        );
        Self { entries, gate: Gate::new() }
    }

    /// Whether a logout covers it, if that is known.
    pub(super) fn get(&self, of: ListenerOf<'_>, began: StoreTime, strikes: &Strikes) -> Option<bool> {
        let known = self.entries.get(&of)?;
        let mut facts = known.facts();
        if Some(began) <= facts.covered {
            return Some(true);
        }
        let clear = facts.clear.as_mut().filter(|clear| clear.from <= began)?;
        let spare = |moment| strikes.spare(clear.checked, of.key, of.scopes, moment);
        let checked = spare(began)?;
        if checked != clear.checked {
            let from = if spare(clear.from) == Some(checked) { clear.from } else { began };
            *clear = Clear { from, checked };
        }
        Some(false)
    }

    /// To be taken before the store is asked.
    pub(super) fn ticket(&self, of: ListenerOf<'_>) -> Ticket<'_> {
        self.gate.ticket(of.digest())
    }

    /// Remembers what the store told, which was held against the strikes up to `checked`.
    pub(super) fn keep(
        &self,
        ticket: Ticket<'_>,
        of: ListenerOf<'_>,
        began: StoreTime,
        told: &Stamped<bool>,
        checked: u64,
    ) {
        ticket.redeem(|| match self.entries.peek(&of) {
            Some(known) => known.facts().learn(began, told.reply, checked),
            None => {
                let mut facts = Facts::default();
                facts.learn(began, told.reply, checked);
                let listener = Listener { key: *of.key, scopes: of.scopes.into() };
                self.entries.insert(listener, Arc::new(Known(Mutex::new(facts))));
            }
        });
    }

    pub(super) fn forget_all(&self) {
        self.gate.forget_all(|| self.entries.clear());
    }

    pub(super) fn len(&self) -> usize {
        self.entries.len()
    }
}

impl Known {
    fn facts(&self) -> MutexGuard<'_, Facts> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Facts {
    fn learn(&mut self, began: StoreTime, is_covered: bool, checked: u64) {
        if is_covered {
            self.covered = self.covered.max(Some(began));
        } else {
            self.clear = Some(Clear { from: began, checked });
        }
    }
}

impl ListenerOf<'_> {
    /// All of it in one number: each part is a digest already, or the number of no session.
    fn digest(self) -> u64 {
        self.scopes
            .iter()
            .fold(prefix(self.key.as_bytes()), |sum, scope| sum.rotate_left(7) ^ prefix(scope.as_bytes()))
    }
}

impl Hash for ListenerOf<'_> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        state.write_u64(self.digest());
    }
}

impl Listener {
    fn borrowed(&self) -> ListenerOf<'_> {
        ListenerOf { key: &self.key, scopes: &self.scopes }
    }
}

impl Hash for Listener {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.borrowed().hash(state);
    }
}

impl Equivalent<Listener> for ListenerOf<'_> {
    fn equivalent(&self, listener: &Listener) -> bool {
        *self == listener.borrowed()
    }
}

#[derive(Clone, Copy)]
struct BySize(Bounds);

impl Weighter<Listener, Arc<Known>> for BySize {
    fn weight(&self, listener: &Listener, _: &Arc<Known>) -> u64 {
        let fixed = size_of::<Listener>() + size_of::<Known>() + weight::OVERHEAD;
        self.0.weight(fixed + weight::of_scopes(&listener.scopes))
    }
}

impl fmt::Debug for CachedCoverage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CachedCoverage").field("listeners", &self.len()).finish_non_exhaustive()
    }
}
