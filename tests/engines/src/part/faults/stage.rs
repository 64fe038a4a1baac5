//! An application of three nodes at one engine, its users, and what an outage costs them.

use std::cell::Cell;
use std::fmt;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use engines::proxy::Proxy;
use futures_util::future::join_all;
use scenarios::{Bare, Browser, DASHBOARD, Node, Request, Sessions, World};
use serde_json::{Value, json};
use tokio::time::{sleep, timeout};
use vestibule_web::{NearCache, store::StoreBackend};

use super::engine::Engine;

/// How long anything may take to work again once its cause is gone.
const RECOVERS_WITHIN: Duration = Duration::from_secs(20);
/// How often that is looked at.
const GLANCE: Duration = Duration::from_millis(20);

/// Three nodes behind one network: one at the engine itself, two with a near cache.
pub(super) struct Stage {
    pub(super) proxy: Proxy,
    pub(super) nodes: [Node; 3],
    pub(super) people: Vec<Browser>,
    pub(super) world: World,
}

/// What a request found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Found {
    SignedIn,
    SignedOut,
    Unavailable,
}

impl Stage {
    /// The application, and three people signed in.
    pub(super) async fn set(engine: &impl Engine) -> Result<Self> {
        let mut stage = Self::empty(engine, Sessions::Stored).await?;
        stage.sign_in(&["alice", "bob", "carol"]).await?;
        Ok(stage)
    }

    /// The application, which nobody has called yet.
    pub(super) async fn empty<E: Engine>(engine: &E, sessions: Sessions) -> Result<Self> {
        let proxy = Proxy::to(engine.address()).await?;
        let url = proxy.in_url(&engine.url());
        Self::over(proxy, sessions, || E::node(&url)).await
    }

    /// The application, each of whose nodes has such a way to the store.
    pub(super) async fn over(
        proxy: Proxy,
        sessions: Sessions,
        way: impl Fn() -> Result<Arc<dyn StoreBackend>>,
    ) -> Result<Self> {
        let world = World::over(&Bare, sessions, way()?, |builder| builder).await;
        world.let_time_run();
        let second = world.node_over(Arc::new(NearCache::over(way()?)), world.clock()).await;
        let third = world.node_over(Arc::new(NearCache::over(way()?)), world.clock()).await;
        Ok(Self { proxy, nodes: [(*world).clone(), second, third], people: Vec::new(), world })
    }

    /// Signs people in, each at another node, and shows them around.
    pub(super) async fn sign_in(&mut self, names: &[&str]) -> Result<()> {
        for (number, name) in names.iter().enumerate() {
            let browser = Browser::new(name);
            browser.log_in(&self.nodes[number % self.nodes.len()]).await;
            self.people.push(browser);
        }
        let all = self.everybody().await.iter().all(|found| *found == Found::SignedIn);
        ensure!(all, "not all are signed in");
        Ok(())
    }

    /// What each person finds at each node.
    pub(super) async fn everybody(&self) -> Vec<Found> {
        join_all(self.people.iter().map(|person| self.everywhere(person))).await.concat()
    }

    /// What one person finds at each node.
    pub(super) async fn everywhere(&self, person: &Browser) -> Vec<Found> {
        join_all(self.nodes.iter().map(|node| visit(person, node))).await
    }

    /// A logout token about everything that a person has.
    pub(super) fn logout_token(&self, name: &str) -> String {
        self.world.provider().logout_token(DASHBOARD, |claims| {
            claims["sub"] = json!(name);
            claims.as_object_mut().map(|claims: &mut serde_json::Map<String, Value>| claims.remove("sid"));
        })
    }

    /// Has a node hear it: the status of the answer.
    pub(super) async fn hear(&self, node: usize, token: &str) -> u16 {
        self.nodes[node].receive(Request::logout_token(token)).await.status
    }

    /// Requests of everybody at every node until `over`: what came of them. Nobody may be signed out by it.
    pub(super) async fn keep_asking(&self, over: &Cell<bool>) -> Result<Toll> {
        let mut toll = Toll::default();
        while !over.get() {
            let everywhere =
                self.people.iter().flat_map(|person| self.nodes.iter().map(move |node| (person, node)));
            let asked = everywhere.map(async |(person, node)| {
                let asked = now();
                (person, visit(person, node).await, now() - asked)
            });
            for (person, found, took) in join_all(asked).await {
                ensure!(found != Found::SignedOut, "{} was signed out by an outage", person.user());
                toll.count(found, took);
            }
            sleep(Duration::from_millis(2)).await;
        }
        Ok(toll)
    }

    /// Waits until every node answers everybody again: how long that took. Nobody may have lost a session but those named,
    /// who may have one or not.
    pub(super) async fn recovered_but_for(&self, named: &[&str]) -> Result<Duration> {
        self.until("every node answers again", async || {
            let found = self.everybody_but(named).await?;
            for person in self.people.iter().filter(|person| named.contains(&&*person.user())) {
                if self.everywhere(person).await.contains(&Found::Unavailable) {
                    return Ok(false);
                }
            }
            Ok(!found.contains(&Found::Unavailable))
        })
        .await
    }

    /// Waits until those named are signed out everywhere: how long that took. The others keep their sessions.
    pub(super) async fn signed_out(&self, named: &[&str]) -> Result<Duration> {
        self.until("the logout is obeyed", async || {
            self.everybody_but(named).await?;
            for person in self.people.iter().filter(|person| named.contains(&&*person.user())) {
                if self.everywhere(person).await != [Found::SignedOut; 3] {
                    return Ok(false);
                }
            }
            Ok(true)
        })
        .await
    }

    /// What everybody finds who has not logged out.
    async fn everybody_but(&self, named: &[&str]) -> Result<Vec<Found>> {
        let mut found = Vec::new();
        for person in self.people.iter().filter(|person| !named.contains(&&*person.user())) {
            found.extend(self.everywhere(person).await);
            ensure!(!found.contains(&Found::SignedOut), "{} lost a session", person.user());
        }
        Ok(found)
    }

    /// Waits for something: how long that took.
    pub(super) async fn until(&self, what: &str, done: impl AsyncFn() -> Result<bool>) -> Result<Duration> {
        let since = now();
        let waiting = async {
            while !done().await? {
                sleep(GLANCE).await;
            }
            anyhow::Ok(now() - since)
        };
        timeout(RECOVERS_WITHIN, waiting).await.with_context(|| format!("in vain: {what}"))?
    }
}

/// What a script of that person's page gets.
pub(super) async fn visit(person: &Browser, node: &Node) -> Found {
    let answer = person.api(node, "/api/me").await;
    match answer.status {
        200 => Found::SignedIn,
        401 => Found::SignedOut,
        503 => Found::Unavailable,
        other => panic!("{other}: {answer:?}"),
    }
}

/// What an outage cost.
#[derive(Debug, Default)]
pub(super) struct Toll {
    asked: u32,
    failed: u32,
    longest: Duration,
}

impl Toll {
    fn count(&mut self, found: Found, took: Duration) {
        self.asked += 1;
        self.failed += u32::from(found == Found::Unavailable);
        self.longest = self.longest.max(took);
    }

    /// Fails unless the fault was felt.
    pub(super) fn felt(&self) -> Result<()> {
        ensure!(self.failed > 0, "nobody noticed: {self}");
        Ok(())
    }

    /// Fails unless every answer came in time.
    pub(super) fn within(&self, limit: Duration) -> Result<()> {
        ensure!(self.longest <= limit, "nobody may hang: {self}");
        Ok(())
    }

    /// Fails if it was.
    pub(super) fn not_felt(&self) -> Result<()> {
        ensure!(self.failed == 0, "{self}");
        Ok(())
    }
}

impl fmt::Display for Toll {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { asked, failed, longest } = self;
        write!(f, "{failed} of {asked} requests failed (503), the longest took {} ms", longest.as_millis())
    }
}

#[expect(clippy::disallowed_methods, reason = "only printed; no outcome depends on it")]
pub(super) fn now() -> Instant {
    Instant::now()
}
