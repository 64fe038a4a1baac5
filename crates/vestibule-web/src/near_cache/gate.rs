use std::{
    fmt,
    sync::{Mutex, MutexGuard, PoisonError},
};

/// Keeps what was read *before* something changed from being remembered *after* the change was obeyed.
///
/// Whoever reads takes a ticket first. What changed what is remembered makes all tickets of its stripe worthless; that
/// two keys share a stripe costs one more read at times.
pub(super) struct Gate {
    first: Stripe,
    others: Vec<Stripe>,
}

/// How often something changed.
type Stripe = Mutex<u64>;

const STRIPES: u64 = 256;

/// Nothing had changed since this was taken: to be shown when the read is over.
#[derive(Clone, Copy)]
pub(super) struct Ticket<'a> {
    stripe: &'a Stripe,
    generation: u64,
}

impl Gate {
    pub(super) fn new() -> Self {
        Self { first: Stripe::default(), others: (1..STRIPES).map(|_| Stripe::default()).collect() }
    }

    pub(super) fn ticket(&self, hash: u64) -> Ticket<'_> {
        let stripe = self.stripe(hash);
        Ticket { stripe, generation: *lock(stripe) }
    }

    /// Forgets something that changed.
    pub(super) fn forget(&self, hash: u64, forget: impl FnOnce()) {
        let mut generation = lock(self.stripe(hash));
        *generation += 1;
        forget();
    }

    /// Forgets everything.
    pub(super) fn forget_all(&self, forget: impl FnOnce()) {
        for stripe in std::iter::once(&self.first).chain(&self.others) {
            *lock(stripe) += 1;
        }
        // Whoever passes now read after this began, and whoever passed before is forgotten.
        forget();
    }

    fn stripe(&self, hash: u64) -> &Stripe {
        // The high bits: the low ones choose places in the maps behind.
        let number = usize::try_from(hash >> 32).unwrap_or_default() % (self.others.len() + 1);
        self.others.get(number).unwrap_or(&self.first)
    }
}

impl Ticket<'_> {
    /// Remembers something, unless a change made it worthless.
    pub(super) fn redeem(self, remember: impl FnOnce()) {
        let generation = lock(self.stripe);
        if *generation == self.generation {
            remember();
        }
    }
}

fn lock(stripe: &Stripe) -> MutexGuard<'_, u64> {
    stripe.lock().unwrap_or_else(PoisonError::into_inner)
}

impl fmt::Debug for Gate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Gate(..)")
    }
}
