use std::{sync::Arc, time::Duration};

use anyhow::Result;
use async_trait::async_trait;
use vestibule_redis::RedisStore;
use vestibule_web::{
    conformance::{NoHand, Subject},
    store::StoreBackend,
};

use crate::redis::Redis;

/// Moves the time of every application on the server.
const MOVE: &str = "for _, meta in ipairs(redis.call('KEYS', '*:meta')) do
  redis.call('HINCRBY', meta, 'offset', ARGV[1])
end";

/// Deletes what is there for speed or housekeeping only.
const WIPE: &str = "for _, pattern in ipairs({'*:u:*', '*:struck'}) do
  for _, key in ipairs(redis.call('KEYS', pattern)) do redis.call('DEL', key) end
end";

/// A Redis server, emptied for each fresh store.
#[derive(Debug)]
pub struct RedisSubject(pub Redis);

impl RedisSubject {
    /// On a server of its own.
    pub async fn start() -> Result<Self> {
        Redis::start().await.map(Self)
    }

    fn node(&self) -> Arc<dyn StoreBackend> {
        Arc::new(RedisStore::builder(&self.0.url()).log_length(32).build().expect("the URL is one"))
    }

    fn run(&self, command: &[&str]) -> String {
        self.0.run(command).expect("the server is there")
    }
}

#[async_trait]
impl Subject for RedisSubject {
    async fn fresh(&self) -> Arc<dyn StoreBackend> {
        self.run(&["FLUSHALL"]);
        self.node()
    }

    async fn another_node(&self) -> Option<Arc<dyn StoreBackend>> {
        Some(self.node())
    }

    async fn advance(&self, span: Duration) {
        self.run(&["EVAL", MOVE, "0", &span.as_millis().to_string()]);
    }

    /// It drops entries a hundred at a time.
    fn log_bound(&self) -> usize {
        256
    }

    async fn wipe_indexes(&self) -> Result<(), NoHand> {
        self.run(&["EVAL", WIPE, "0"]);
        Ok(())
    }

    async fn lose_everything(&self) -> Result<(), NoHand> {
        self.run(&["FLUSHALL"]);
        Ok(())
    }

    async fn step_back(&self, span: Duration) -> Result<(), NoHand> {
        self.run(&["EVAL", MOVE, "0", &format!("-{}", span.as_millis())]);
        Ok(())
    }

    /// Every command, those within scripts as well.
    async fn operations(&self) -> Result<u64, NoHand> {
        let statistics = self.run(&["INFO", "commandstats"]);
        let calls = statistics.lines().filter(|line| !line.starts_with("cmdstat_info"));
        Ok(calls.filter_map(|line| line.split("calls=").nth(1)?.split(',').next()?.parse::<u64>().ok()).sum())
    }
}
