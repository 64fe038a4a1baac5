//! Two nodes refresh one session, on every schedule, beside a provider that rotates refresh tokens.

use std::{collections::BTreeSet, time::Duration};

use vestibule_web::store::{BeginAttempt, Commit, EndIf, Lease, Load};

use crate::{
    command::{Command, Reply, holder, key, rotation, session, token},
    side_by_side::SideBySide,
};

/// The lease is short, so that a pause outlives it; the attempt is long, so that its outcome is waited for.
const LEASE: Duration = Duration::from_secs(2);
const ATTEMPT: Duration = Duration::from_secs(10);
const PAUSE: Duration = Duration::from_secs(3);

/// Invariant 6 of the session model.
#[test]
fn invariant_06_a_paused_holder_and_a_second_one_keep_the_user_signed_in() {
    for reuse in [Reuse::Refused, Reuse::Accepted] {
        let mut races = 0;
        each_schedule(&mut Vec::new(), &mut |schedule| {
            let race = Race::run(reuse, schedule);
            if race.waiting() {
                return true;
            }
            races += 1;
            race.check(schedule);
            false
        });
        assert!(races > 100, "{races} schedules");
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Reuse {
    /// A spent refresh token is `invalid_grant`.
    Refused,
    /// A spent refresh token is answered once more, with a token of its own.
    Accepted,
}

/// How far a node is with its refresh.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Node {
    Leasing,
    Beginning,
    Calling,
    Committing(u8),
    Refused,
    /// It knows where it stands, or it will look again at its next request.
    Finished,
}

struct Race {
    side_by_side: SideBySide,
    reuse: Reuse,
    nodes: [Node; 2],
    pauses: usize,
    valid: BTreeSet<u8>,
    minted: u8,
    calls: usize,
}

impl Race {
    fn run(reuse: Reuse, schedule: &[usize]) -> Self {
        let mut side_by_side = SideBySide::new();
        let began = side_by_side.now();
        side_by_side.give(Command::Insert(Box::new(session(1, "alice", None, began)), None));
        let valid = BTreeSet::from([0]);
        let nodes = [Node::Leasing; 2];
        let mut race = Self { side_by_side, reuse, nodes, pauses: 0, valid, minted: 0, calls: 0 };
        for actor in schedule {
            match actor {
                2 => race.pause(),
                node => race.step(*node),
            }
        }
        race
    }

    /// Whether some node could still go on.
    fn waiting(&self) -> bool {
        self.nodes.iter().any(|node| *node != Node::Finished)
    }

    fn pause(&mut self) {
        self.pauses += 1;
        self.side_by_side.pass(PAUSE);
    }

    fn step(&mut self, node: usize) {
        let by = node as u8 + 1;
        self.nodes[node] = match self.nodes[node] {
            Node::Leasing => match self.side_by_side.give(Command::Lease(key(1), holder(by), LEASE)) {
                // Whoever gets the lease after a refresh sees that none is due any more.
                Reply::Lease(Lease::Leased(record)) if record.refresh == Some(token(0)) => Node::Beginning,
                _ => Node::Finished,
            },
            Node::Beginning => {
                match self.side_by_side.give(Command::BeginAttempt(key(1), holder(by), token(0), ATTEMPT)) {
                    Reply::BeginAttempt(BeginAttempt::Begun { .. }) => Node::Calling,
                    _ => Node::Finished,
                }
            }
            Node::Calling => self.call().map_or(Node::Refused, Node::Committing),
            Node::Committing(brought) => {
                match self.side_by_side.give(Command::Commit(key(1), rotation(by, 0, brought))) {
                    Reply::Commit(Commit::Committed(_) | Commit::Superseded(_)) => Node::Finished,
                    other => panic!("a success is never thrown away: {other:?}"),
                }
            }
            Node::Refused => match self.side_by_side.give(Command::EndIf(key(1), holder(by), token(0))) {
                Reply::EndIf(EndIf::Superseded(_) | EndIf::Open { .. }) => Node::Finished,
                other => panic!("another's success is on its way or stored: {other:?}"),
            },
            Node::Finished => Node::Finished,
        };
    }

    /// Spends token 0 at the provider.
    fn call(&mut self) -> Option<u8> {
        self.calls += 1;
        let fresh = self.valid.remove(&0);
        if !fresh && self.reuse == Reuse::Refused {
            return None;
        }
        self.minted += 1;
        self.valid.insert(self.minted);
        Some(self.minted)
    }

    fn check(mut self, schedule: &[usize]) {
        match self.side_by_side.give(Command::Load(key(1))) {
            Reply::Load(Load::Live(record)) => {
                let holds_a_valid_one = self.valid.iter().any(|valid| record.refresh == Some(token(*valid)));
                assert!(holds_a_valid_one, "{schedule:?}: {record:?}");
            }
            other => panic!("{schedule:?}: {other:?}"),
        }
        assert!(self.calls <= 1 + self.pauses, "{schedule:?}: one call per lease");
    }
}

/// Every schedule of two nodes and of one pause that outlives a lease, as far as `goes_on` says.
fn each_schedule(schedule: &mut Vec<usize>, goes_on: &mut impl FnMut(&[usize]) -> bool) {
    if !goes_on(schedule) {
        return;
    }
    for actor in 0..3 {
        let steps = schedule.iter().filter(|other| **other == actor).count();
        if steps < if actor == 2 { 1 } else { 4 } {
            schedule.push(actor);
            each_schedule(schedule, goes_on);
            schedule.pop();
        }
    }
}
