use std::{sync::Arc, time::Duration};

use scenarios::{Answer, Browser, DASHBOARD, Mount, Node, Request, Sessions, World};
use serde_json::json;
use vestibule::testing::TestClock;
use vestibule_web::{
    MemoryStore, NearCache,
    conformance::{Faulty, Verb},
    near_cache::BOUND,
};

/// Three nodes of an application, each with a near cache and a network of its own, at one engine.
pub(crate) struct Cluster {
    pub(crate) world: World,
    others: [Node; 2],
    /// What each node asks of the engine.
    pub(crate) engine: [Faulty; 3],
    pub(crate) clock: TestClock,
}

impl Cluster {
    pub(crate) async fn new(mount: &'static dyn Mount, sessions: Sessions) -> Self {
        let clock = TestClock::default();
        let memory = MemoryStore::builder().clock(Arc::new(clock.clone())).build();
        let engine = [(); 3].map(|()| Faulty::new(Arc::new(memory.clone())));
        let cache = |engine: &Faulty| {
            Arc::new(NearCache::builder(engine.clone()).clock(Arc::new(clock.clone())).build())
        };
        let world = World::over(mount, sessions, cache(&engine[0]), |rp| rp).await;
        let others = [
            world.node_over(cache(&engine[1]), world.clock()).await,
            world.node_over(cache(&engine[2]), world.clock()).await,
        ];
        Self { world, others, engine, clock }
    }

    pub(crate) fn nodes(&self) -> [&Node; 3] {
        [&self.world, &self.others[0], &self.others[1]]
    }

    /// Whether a browser is signed in, at each node.
    pub(crate) async fn is_in(&self, browser: &Browser) -> [bool; 3] {
        let mut is_in = [false; 3];
        for (is_in, node) in is_in.iter_mut().zip(self.nodes()) {
            let answer = browser.page(node, "/").await;
            assert_eq!(answer.status, 200, "{answer:?}");
            *is_in = answer.text() != "hello stranger";
        }
        is_in
    }

    /// How often the engine was asked, by each node.
    pub(crate) fn asked(&self, verb: Verb) -> [usize; 3] {
        [0, 1, 2].map(|node| self.engine[node].calls(verb))
    }

    /// Lets every node read the log to its end, and know it.
    pub(crate) async fn follow(&self) {
        tokio::time::sleep(2 * BOUND).await;
    }

    /// The engine's time passes, and that of the nodes' networks.
    pub(crate) fn pass(&self, span: Duration) {
        self.clock.advance(span);
    }

    /// A node hears that a user logged out elsewhere.
    pub(crate) async fn hear(&self, node: usize, sub: &str) -> Answer {
        let token = self.world.provider().logout_token(DASHBOARD, |claims| {
            claims["sub"] = json!(sub);
            claims.as_object_mut().expect("an object").remove("sid");
        });
        self.nodes()[node].receive(Request::logout_token(&token)).await
    }
}
