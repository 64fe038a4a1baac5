//! Redis, and what only Redis does to sessions.

use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use engines::proxy::Proxy;
use engines::redis::{Redis, Sentinel};
use scenarios::{Browser, Sessions};
use vestibule::Diagnose as _;
use vestibule_redis::{Durability, RedisStore};
use vestibule_web::store::StoreBackend;

use super::engine::Engine;
use super::stage::{Found, Stage};

/// For every application on the server.
const STEP_BACK: &str = "for _, meta in ipairs(redis.call('KEYS', '*:meta')) do
  redis.call('HINCRBY', meta, 'offset', -ARGV[1])
end";

impl Engine for Redis {
    const NAME: &'static str = "Redis";

    async fn start() -> Result<Self> {
        Self::start_durable().await
    }

    fn port(&self) -> u16 {
        self.port()
    }

    fn url(&self) -> String {
        self.url()
    }

    fn node(url: &str) -> Result<Arc<dyn StoreBackend>> {
        Ok(Arc::new(RedisStore::new(url)?))
    }

    fn kill(&mut self) {
        self.kill();
    }

    async fn restart(&mut self) -> Result<()> {
        self.restart().await
    }

    async fn lose_everything(&mut self) -> Result<()> {
        self.restart_empty().await
    }

    fn pause(&self) {
        self.pause();
    }

    fn resume(&self) {
        self.resume();
    }

    async fn replica(&self) -> Result<Self> {
        Self::replica_of(self).await
    }

    async fn promote(&self) -> Result<()> {
        self.run(&["REPLICAOF", "NO", "ONE"]).map(drop)
    }

    fn step_back(&self, span: Duration) -> Result<()> {
        let behind = span.as_millis().to_string();
        self.run(&["EVAL", STEP_BACK, "0", &behind]).map(drop)
    }
}

/// `FLUSHALL` under sealed sessions: the store has forgotten the logouts, so nothing older than it may live.
pub(super) async fn flushed() -> Result<String> {
    let engine = <Redis as Engine>::start().await?;
    let mut stage = Stage::empty(&engine, Sessions::SealedRevocable).await?;
    stage.sign_in(&["alice", "bob", "carol"]).await?;
    let status = stage.hear(0, &stage.logout_token("carol")).await;
    ensure!(status == 200, "a logout got {status}");
    stage.signed_out(&["carol"]).await?;
    engine.run(&["FLUSHALL"])?;
    let took = stage
        .until("no sealed session lives", async || {
            Ok(!stage.everybody().await.iter().any(|found| *found != Found::SignedOut))
        })
        .await?;
    stage.people.clear();
    stage.sign_in(&["alice", "bob", "carol"]).await?;
    Ok(format!("all sealed sessions refused within {} ms, 0 revived; logins work", took.as_millis()))
}

/// Logins fail, sessions live, and logouts are taken: they need no room that is not there.
pub(super) async fn out_of_memory() -> Result<String> {
    let engine = <Redis as Engine>::start().await?;
    let stage = Stage::set(&engine).await?;
    engine.run(&["CONFIG", "SET", "maxmemory", "1mb"])?;
    let stranger = Browser::new("dave");
    let callback = stranger.start_login(&stage.nodes[0], "/auth/login").await;
    let refused = stranger.page(&stage.nodes[0], &callback).await.status;
    ensure!(refused == 503, "a login without room for it got {refused}");
    let status = stage.hear(1, &stage.logout_token("carol")).await;
    ensure!(status == 200, "a logout got {status}");
    let took = stage.signed_out(&["carol"]).await?;
    engine.run(&["CONFIG", "SET", "maxmemory", "0"])?;
    stage.recovered_but_for(&["carol"]).await?;
    Ok(format!("logins 503, the logout 200 and obeyed within {} ms, 0 sessions lost", took.as_millis()))
}

/// The same by Sentinel, whose word the store takes for which server is the primary. What was acknowledged was on both.
pub(super) async fn h09_by_sentinel() -> Result<String> {
    let mut primary = Redis::start().await?;
    let primary_url = primary.url();
    let replica = primary.replica().await?;
    let sentinel = Sentinel::watch(&primary).await?;
    sentinel.knows_a_replica().await?;
    let network = Proxy::to(primary.address()).await?;
    let way = || {
        let on_both = Durability::WaitReplicas { replicas: 1, within: Duration::from_millis(500) };
        let store = RedisStore::builder(&primary_url).sentinels(Sentinel::MASTER, [sentinel.url()]);
        let store = store.durability(on_both).build()?;
        Ok(Arc::new(store) as Arc<dyn StoreBackend>)
    };
    let mut stage = Stage::over(network, Sessions::Stored, way).await?;
    stage.sign_in(&["alice", "bob", "carol"]).await?;
    ensure!(stage.hear(0, &stage.logout_token("carol")).await == 200, "a logout before it");
    stage.signed_out(&["carol"]).await?;
    primary.kill();
    let recovered = stage.recovered_but_for(&["carol"]).await?;
    stage.signed_out(&["carol"]).await?;
    ensure!(replica.run(&["ROLE"])?.starts_with("master"), "the replica was promoted");
    Ok(format!("0 sessions lost, 0 revived; recovered in {} ms", recovered.as_millis()))
}

/// A server that may forget logouts is none: the node says so before it takes traffic, and takes it once that is mended.
pub(super) async fn bm12_may_evict() -> Result<String> {
    let engine = <Redis as Engine>::start().await?;
    let stage = Stage::set(&engine).await?;
    engine.run(&["CONFIG", "SET", "maxmemory-policy", "allkeys-lru"])?;
    for node in &stage.nodes {
        let refused = node.relying_party().ready().await.err().context("a node is ready")?;
        ensure!(refused.code() == "config.store_evicts", "it says {}", refused.code());
    }
    engine.run(&["CONFIG", "SET", "maxmemory-policy", "noeviction"])?;
    for node in &stage.nodes {
        node.relying_party().ready().await?;
    }
    Ok("no node is ready until it is mended".to_owned())
}
