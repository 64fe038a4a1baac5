//! Logins and a logout in every order, and in very many at random: none that began before survives, none that began
//! after is locked out.

use std::{sync::Arc, time::Duration};

use bytes::Bytes;
use futures_util::future::join;
use scenarios::{Bare, Browser, World};
use vestibule::{
    Clock, Random,
    testing::{SeededRandom, TestClock},
};
use vestibule_web::{
    MemoryStore,
    store::{
        Insert, Load, NewSession, PublicId, Realm, Retention, Revocation, Revoke, SessionKey, SessionStore,
        StoreBackend, StoreTime,
    },
};

use crate::support::{assert_done, hear, is_in, token_for};

/// A step of the race, as a verb that reaches the store.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Step {
    /// A login starts: its moment is taken.
    Start(usize),
    /// A login comes back and is stored.
    Store(usize),
    /// The logout is heard: its moment is taken.
    Hear,
    /// The logout is carried out.
    Revoke,
    /// It is carried out once more, as after a lost reply.
    Retry,
}

use Step::{Hear, Retry, Revoke as CarryOut, Start, Store};

/// Three actors whose own steps stay in order.
const ACTORS: [&[Step]; 3] = [&[Start(0), Store(0)], &[Start(1), Store(1)], &[Hear, CarryOut, Retry]];

#[tokio::test]
async fn bm02_every_order_of_two_logins_and_a_logout() {
    let mut orders = Vec::new();
    each_order(&mut [0; 3], &mut Vec::new(), &mut |order| orders.push(order.to_vec()));
    assert_eq!(orders.len(), 210);
    for order in &orders {
        // Whether a millisecond passes between two steps makes a difference: equal moments are covered.
        for pauses in 0..1 << order.len() {
            let mut race = Race::new();
            for (at, step) in order.iter().enumerate() {
                race.clock.advance(Duration::from_millis(pauses >> at & 1));
                race.take(*step).await;
            }
            race.check(order).await;
        }
    }
}

/// Random orders on two nodes, random pauses, wall clocks that jump, other logouts and touches between.
#[tokio::test]
async fn bm02_thirty_thousand_random_races() {
    let (mut survivors_possible, mut struck) = (0, 0);
    for seed in 0..30_000 {
        let mut dice = Dice::new(seed);
        let mut race = Race::new();
        let mut order = Vec::new();
        let mut done = [0; 3];
        loop {
            let open: Vec<_> = (0..3).filter(|actor| done[*actor] < ACTORS[*actor].len()).collect();
            let Some(actor) = open.get(dice.below(open.len().max(1))) else { break };
            let step = ACTORS[*actor][done[*actor]];
            done[*actor] += 1;
            order.push(step);
            race.clock.advance(Duration::from_millis(dice.below(3) as u64));
            if dice.below(8) == 0 {
                let wall = race.clock.unix_time().as_secs() + 60 - 120 * dice.below(2) as u64;
                race.clock.set_wall(Duration::from_secs(wall));
            }
            race.node = dice.below(2);
            race.take(step).await;
            if dice.below(4) == 0 {
                race.disturb(&mut dice).await;
            }
        }
        race.check(&order).await;
        survivors_possible += usize::from(race.covered(0) || race.covered(1));
        struck += usize::from(race.stored.contains(&Some(false)));
    }
    assert!(survivors_possible > 10_000, "{survivors_possible} races had something to strike");
    assert!(struck > 5_000, "{struck} races refused a login that was under way");
}

fn each_order(done: &mut [usize; 3], order: &mut Vec<Step>, found: &mut impl FnMut(&[Step])) {
    let mut finished = true;
    for actor in 0..3 {
        let Some(step) = ACTORS[actor].get(done[actor]) else { continue };
        finished = false;
        done[actor] += 1;
        order.push(*step);
        each_order(done, order, found);
        order.pop();
        done[actor] -= 1;
    }
    if finished {
        found(order);
    }
}

/// Two logins of one user with one `sid`, and one logout of it.
struct Race {
    clock: TestClock,
    nodes: [Arc<dyn SessionStore>; 2],
    node: usize,
    began: [Option<StoreTime>; 2],
    stored: [Option<bool>; 2],
    heard: Option<StoreTime>,
    carried_out: bool,
}

const RETENTION: Retention =
    Retention { cutoffs: Duration::from_secs(7200), logout_ids: Duration::from_secs(1800) };

fn realm() -> Realm {
    Realm::new("https://acme.example", "dashboard")
}

fn key(login: usize) -> SessionKey {
    SessionKey::from_bytes([login as u8; 32])
}

impl Race {
    fn new() -> Self {
        let clock = TestClock::default();
        let memory = MemoryStore::builder().clock(Arc::new(clock.clone())).build();
        let nodes = [memory.open(&realm(), RETENTION), memory.open(&realm(), RETENTION)];
        Self { clock, nodes, node: 0, began: [None; 2], stored: [None; 2], heard: None, carried_out: false }
    }

    async fn take(&mut self, step: Step) {
        let store = &self.nodes[self.node];
        match step {
            Start(login) => self.began[login] = Some(store.now().await.unwrap()),
            Store(login) => {
                let inserted = store.insert(self.session(login), None).await.unwrap().reply;
                self.stored[login] = Some(matches!(inserted, Insert::Stored(_)));
            }
            Hear => self.heard = Some(store.now().await.unwrap()),
            CarryOut => {
                let revoked = store.revoke(self.logout()).await.unwrap().reply;
                assert!(matches!(revoked, Revoke::Revoked { .. }));
                self.carried_out = true;
            }
            Retry => assert_eq!(store.revoke(self.logout()).await.unwrap().reply, Revoke::Replayed),
        }
        // From the moment at which the logout was carried out, at every step.
        if self.carried_out {
            for login in 0..2 {
                assert!(!(self.covered(login) && self.is_live(login).await), "a survivor: {step:?}");
            }
        }
    }

    /// Things that must make no difference.
    async fn disturb(&self, dice: &mut Dice) {
        let store = &self.nodes[self.node];
        match dice.below(4) {
            0 => _ = store.touch(&key(dice.below(2)), Duration::from_secs(1800)).await.unwrap(),
            1 => _ = store.reap(10).await.unwrap(),
            2 => _ = store.replace(&key(dice.below(2)), 0, Bytes::from_static(b"data")).await.unwrap(),
            _ => {
                let scopes = vec![realm().subject("bob"), realm().sid("another")];
                let other = Revocation { scopes, heard: None, logout: None, spare: None };
                let _ = store.revoke(other).await.unwrap();
            }
        }
    }

    async fn check(&self, order: &[Step]) {
        for login in 0..2 {
            assert_eq!(self.is_live(login).await, !self.covered(login), "login {login} of {order:?}");
        }
    }

    fn covered(&self, login: usize) -> bool {
        self.began[login] <= self.heard && self.began[login].is_some()
    }

    async fn is_live(&self, login: usize) -> bool {
        matches!(self.nodes[1 - self.node].load(&key(login)).await.unwrap().reply, Load::Live(_))
    }

    fn logout(&self) -> Revocation {
        let logout = Some(realm().logout_id("jti"));
        Revocation { scopes: vec![realm().sid("s")], heard: self.heard, logout, spare: None }
    }

    fn session(&self, login: usize) -> NewSession {
        let subject = realm().subject("alice");
        NewSession {
            key: key(login),
            public_id: PublicId::from_bytes([login as u8; 16]),
            subject,
            scopes: vec![subject, realm().sid("s"), realm().sid_of_subject("s", "alice")],
            began: self.began[login].expect("it started"),
            idle: Duration::from_secs(1800),
            absolute: Duration::from_secs(3600),
            label: Bytes::new(),
            grant: Bytes::new(),
            refresh: None,
            data: Bytes::new(),
        }
    }
}

/// Numbers that follow from a seed.
struct Dice(SeededRandom);

impl Dice {
    fn new(seed: u64) -> Self {
        Self(SeededRandom::new(seed))
    }

    fn below(&mut self, limit: usize) -> usize {
        let mut bytes = [0; 4];
        self.0.fill(&mut bytes).expect("seeded bytes");
        u32::from_le_bytes(bytes) as usize % limit
    }
}

/// Through the endpoints: a callback and a logout at the same time, at every distance from each other.
#[tokio::test(start_paused = true)]
async fn bm02_a_callback_beside_a_logout_at_every_distance() {
    let (mut refused, mut dead_on_arrival) = (0, 0);
    for distance in -20..=30_i32 {
        let world = World::new(&Bare).await;
        world.store().remote();
        let alice = Browser::new("alice");
        let callback = alice.start_login(&world, "/auth/login?return_to=%2Fme").await;
        let second = world.second_node().await;
        second.relying_party().ready().await.unwrap();
        let token = token_for(&world, "alice");
        let login = async {
            lag(-distance).await;
            alice.page(&world, &callback).await
        };
        let logout = async {
            lag(distance).await;
            hear(&second, &token).await
        };
        let (answer, heard) = join(login, logout).await;
        assert_done(&heard);
        assert!(!is_in(&alice, &world).await, "it began before, at distance {distance}");
        assert_eq!(world.state().await.sessions, [], "at distance {distance}");
        refused += usize::from(world.provider().is_authorization_url(answer.location()));
        dead_on_arrival += usize::from(answer.location() == "/me");
        assert_eq!(alice.open(&world, "/me").await.text(), "only for you, alice", "and the next one works");
    }
    assert!(refused > 10 && dead_on_arrival > 10, "{refused} refused, {dead_on_arrival} dead on arrival");
}

async fn lag(turns: i32) {
    for _ in 0..turns {
        tokio::task::yield_now().await;
    }
}
