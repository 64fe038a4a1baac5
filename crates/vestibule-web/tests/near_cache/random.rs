//! Random runs: one node beside the model of a store, and three nodes beside the engine that they share.

use std::{collections::HashMap, time::Duration};

use bytes::Bytes;
use proptest::{collection::vec, prelude::*, test_runner::TestCaseError};
use vestibule::Clock;
use vestibule_web::{
    conformance::{Stalled, model},
    near_cache::BOUND,
    store::{Load, Scope, SessionKey, SessionStore, Touch},
};

use crate::{
    engine::CachedMemory,
    nodes::{Engine, IDLE, Node, follow, key, logout, realm, settle},
};

/// What one node does itself it knows at once, so that it cannot be told from a store without a cache.
#[tokio::test(start_paused = true)]
async fn d12_bm13_alone_a_cache_answers_as_the_store_would() {
    let seed = model::any_seed();
    if let Err(how) = model::agrees(&CachedMemory::default(), seed, 5000).await {
        panic!("{how}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn d12_bm13_many_at_once_find_nothing_that_may_not_happen() {
    let seed = model::any_seed();
    if let Err(how) = model::withstands(&CachedMemory::default(), seed, 4000).await {
        panic!("seed {seed}: {how}");
    }
}

#[derive(Clone, Debug)]
enum Step {
    LogIn,
    Load { session: u64 },
    End { session: u64 },
    Replace { session: u64 },
    Touch { session: u64 },
    RevokeSid { session: u64 },
    RevokeAll,
    EndOthers { session: u64 },
    Pass { millis: u64 },
    Deafen,
    Hear,
    Follow,
}

fn step() -> impl Strategy<Value = (usize, Step)> {
    let session = 1..6_u64;
    let step = prop_oneof![
        3 => Just(Step::LogIn),
        12 => session.clone().prop_map(|session| Step::Load { session }),
        2 => session.clone().prop_map(|session| Step::End { session }),
        2 => session.clone().prop_map(|session| Step::Replace { session }),
        1 => session.clone().prop_map(|session| Step::Touch { session }),
        2 => session.clone().prop_map(|session| Step::RevokeSid { session }),
        1 => Just(Step::RevokeAll),
        1 => session.prop_map(|session| Step::EndOthers { session }),
        4 => (1..700_u64).prop_map(|millis| Step::Pass { millis }),
        1 => Just(Step::Deafen),
        2 => Just(Step::Hear),
        3 => Just(Step::Follow),
    ];
    (0..3_usize, step)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, ..ProptestConfig::default() })]

    #[test]
    fn bm13_no_node_is_ever_staler_than_the_bound(steps in vec(step(), 1..150)) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().start_paused(true).build();
        runtime.unwrap().block_on(async {
            let mut run = Run::new().await;
            for (node, step) in &steps {
                run.take(*node, step).await?;
            }
            Ok::<_, TestCaseError>(())
        })?;
    }
}

/// Three nodes, some of which may be deaf, and what is true.
struct Run {
    engine: Engine,
    nodes: Vec<(Node, Option<Stalled>)>,
    /// The sessions by their number in the steps, of which each login makes a new one.
    latest: u64,
    truth: HashMap<SessionKey, Truth>,
}

/// What is true of a session, and since when, by the machines' clock.
#[derive(Clone, Copy, Default)]
struct Truth {
    ended: Option<Duration>,
    version: u64,
    replaced: Duration,
}

impl Run {
    async fn new() -> Self {
        let engine = Engine::new();
        let mut nodes = Vec::new();
        for _ in 0..3 {
            nodes.push((engine.node().await, None));
        }
        Self { engine, nodes, latest: 0, truth: HashMap::new() }
    }

    /// The session that a step means: one of the latest five.
    fn session(&self, number: u64) -> SessionKey {
        key((self.latest + number).saturating_sub(5))
    }

    async fn take(&mut self, at: usize, step: &Step) -> Result<(), TestCaseError> {
        let realm = realm();
        match step {
            Step::LogIn => {
                self.latest += 1;
                let session = self.engine.session(self.latest).await;
                self.truth.insert(session.key, Truth::default());
                self.node(at).insert(session, None).await.unwrap();
                self.engine.clock.advance(Duration::from_millis(1));
            }
            Step::Load { session } => self.look(at, self.session(*session)).await?,
            Step::End { session } => {
                self.node(at).end(&self.session(*session)).await.unwrap();
            }
            Step::Replace { session } => {
                let session = self.session(*session);
                let version = self.truth.get(&session).map_or(0, |truth| truth.version);
                self.node(at).replace(&session, version, Bytes::from_static(b"new")).await.unwrap();
            }
            Step::Touch { session } => {
                let touched = self.node(at).touch(&self.session(*session), IDLE).await.unwrap().reply;
                let lives = self.engine.load(&self.session(*session)).await;
                prop_assert_eq!(matches!(touched, Touch::Touched { .. }), matches!(lives, Load::Live(_)));
            }
            Step::RevokeSid { session } => {
                let number = (self.latest + session).saturating_sub(5);
                self.revoke(at, realm.sid(&format!("s{number}")), None).await;
            }
            Step::RevokeAll => self.revoke(at, realm.subject("alice"), None).await,
            Step::EndOthers { session } => {
                self.revoke(at, realm.others_of_subject("alice"), Some(self.session(*session))).await;
            }
            Step::Pass { millis } => self.engine.clock.advance(Duration::from_millis(*millis)),
            Step::Deafen => {
                if self.nodes[at].1.is_none() {
                    self.nodes[at].1 = Some(self.nodes[at].0.deafen().await);
                }
            }
            Step::Hear => self.nodes[at].1 = None,
            Step::Follow => follow().await,
        }
        self.learn().await;
        // What is done at one node is known there at once.
        if let Step::End { session } = step {
            prop_assert!(!self.nodes[at].0.is_live(&self.session(*session)).await);
        }
        Ok(())
    }

    fn node(&self, at: usize) -> &dyn SessionStore {
        &*self.nodes[at].0.store
    }

    async fn revoke(&self, at: usize, scope: Scope, spare: Option<SessionKey>) {
        self.node(at).revoke(logout(vec![scope], spare)).await.unwrap();
    }

    /// Asks the engine what is true now.
    async fn learn(&mut self) {
        let now = self.engine.clock.monotonic();
        for (key, truth) in &mut self.truth {
            match self.engine.load(key).await {
                Load::Live(record) if record.version != truth.version => {
                    (truth.version, truth.replaced) = (record.version, now);
                }
                Load::Live(_) => {}
                Load::Gone(_) | Load::Absent => truth.ended = truth.ended.or(Some(now)),
            }
        }
    }

    async fn look(&mut self, at: usize, session: SessionKey) -> Result<(), TestCaseError> {
        settle().await;
        let (node, deaf) = &self.nodes[at];
        let (found, wanted) = (node.load(&session).await, self.engine.load(&session).await);
        let Load::Live(record) = found else {
            prop_assert_eq!(found, wanted, "that there is none is never remembered");
            return Ok(());
        };
        let now = self.engine.clock.monotonic();
        let truth = self.truth.get(&session).copied().unwrap_or_default();
        if let Some(ended) = truth.ended {
            prop_assert!(deaf.is_some(), "who hears is told at once");
            prop_assert!(now.saturating_sub(ended) <= BOUND, "it ended {:?} ago", now.saturating_sub(ended));
        } else if record.version != truth.version {
            prop_assert!(deaf.is_some(), "who hears is told at once");
            prop_assert!(now.saturating_sub(truth.replaced) <= BOUND, "{:?}", record.version);
        }
        Ok(())
    }
}
