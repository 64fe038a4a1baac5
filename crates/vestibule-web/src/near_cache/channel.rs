use std::{
    sync::{
        Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use vestibule::Clock;

/// A moment of this node, on both of its clocks. The monotonic one stands still while some machines sleep, and the wall
/// clock jumps; a span that either shows has passed.
#[derive(Clone, Copy, Debug)]
pub(super) struct Moment {
    pub(super) monotonic: Duration,
    wall: Duration,
}

impl Moment {
    pub(super) fn now(clock: &dyn Clock) -> Self {
        Self { monotonic: clock.monotonic(), wall: clock.unix_time() }
    }

    pub(super) fn since(self, earlier: Self) -> Duration {
        self.monotonic.saturating_sub(earlier.monotonic)
    }
}

/// What is known of the store's log: until when it was surely read to its end. That proof is the moment at which the last
/// call was *sent* that was answered in full; what happened before it has been obeyed here.
#[derive(Debug)]
pub(super) struct Channel {
    bound: u64,
    /// Zero when there is no proof.
    monotonic: AtomicU64,
    wall: AtomicU64,
    /// How often all that was known was lost.
    losses: Mutex<u64>,
}

/// A call that was sent, as proof of what will be known when it is answered.
#[derive(Clone, Copy, Debug)]
pub(super) struct Sent {
    pub(super) at: Moment,
    losses: u64,
}

const NONE: u64 = 0;

impl Channel {
    pub(super) fn new(bound: Duration) -> Self {
        Self {
            bound: micros(bound),
            monotonic: AtomicU64::new(NONE),
            wall: AtomicU64::new(0),
            losses: Mutex::default(),
        }
    }

    /// Whether the last proof is young enough to answer from what is at hand.
    pub(super) fn is_alive(&self, now: Moment) -> bool {
        let proof = self.monotonic.load(Ordering::Acquire);
        proof != NONE
            && mark(now.monotonic).saturating_sub(proof) <= self.bound
            && micros(now.wall).saturating_sub(self.wall.load(Ordering::Relaxed)) <= self.bound
    }

    /// A call is sent now.
    pub(super) fn send(&self, at: Moment) -> Sent {
        Sent { at, losses: *self.losses() }
    }

    /// A call was answered in full, and obeyed.
    pub(super) fn prove(&self, Sent { at, losses }: Sent) {
        let losses_now = self.losses();
        if *losses_now == losses {
            self.wall.store(micros(at.wall), Ordering::Relaxed);
            self.monotonic.store(mark(at.monotonic), Ordering::Release);
        }
    }

    /// Nothing is known until a call is answered that is sent after this.
    pub(super) fn lose(&self) {
        let mut losses = self.losses();
        *losses += 1;
        self.monotonic.store(NONE, Ordering::Release);
    }

    fn losses(&self) -> MutexGuard<'_, u64> {
        self.losses.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A moment of the monotonic clock as a number that is not [`NONE`].
fn mark(monotonic: Duration) -> u64 {
    micros(monotonic).saturating_add(1)
}

fn micros(span: Duration) -> u64 {
    u64::try_from(span.as_micros()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use vestibule::testing::TestClock;

    use super::*;

    const BOUND: Duration = Duration::from_secs(1);
    const TICK: Duration = Duration::from_micros(1);

    fn proven() -> (TestClock, Channel) {
        let (clock, channel) = (TestClock::default(), Channel::new(BOUND));
        assert!(!channel.is_alive(Moment::now(&clock)), "nothing is known at first");
        channel.prove(channel.send(Moment::now(&clock)));
        (clock, channel)
    }

    #[test]
    fn bm13_a_proof_lasts_as_long_as_the_bound() {
        let (clock, channel) = proven();
        clock.advance(BOUND);
        assert!(channel.is_alive(Moment::now(&clock)));
        clock.advance(TICK);
        assert!(!channel.is_alive(Moment::now(&clock)));
    }

    #[test]
    fn bm13_the_call_counts_from_when_it_was_sent() {
        let (clock, channel) = proven();
        let sent = channel.send(Moment::now(&clock));
        clock.advance(BOUND + TICK);
        channel.prove(sent);
        assert!(!channel.is_alive(Moment::now(&clock)), "it was answered late");
    }

    #[test]
    fn bm13_a_machine_that_slept_wakes_up_without_a_proof() {
        let (clock, channel) = proven();
        clock.set_wall(clock.unix_time() + BOUND + TICK);
        assert!(!channel.is_alive(Moment::now(&clock)), "its monotonic clock stood still");
        clock.set_wall(Duration::from_secs(1));
        assert!(channel.is_alive(Moment::now(&clock)), "a wall that steps back proves nothing");
        clock.advance(BOUND + TICK);
        assert!(!channel.is_alive(Moment::now(&clock)), "the monotonic clock decides then");
    }

    #[test]
    fn bm13_what_was_sent_before_the_loss_is_no_proof() {
        let (clock, channel) = proven();
        let before = channel.send(Moment::now(&clock));
        channel.lose();
        channel.prove(before);
        assert!(!channel.is_alive(Moment::now(&clock)));
        channel.prove(channel.send(Moment::now(&clock)));
        assert!(channel.is_alive(Moment::now(&clock)));
    }
}
