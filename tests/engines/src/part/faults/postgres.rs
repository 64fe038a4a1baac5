//! PostgreSQL.

use std::sync::Arc;
use std::time::Duration;

use anyhow::Result;
use engines::Postgres;
use vestibule_sql::PostgresStore;
use vestibule_web::store::StoreBackend;

use super::engine::Engine;

impl Engine for Postgres {
    const NAME: &'static str = "PostgreSQL";

    async fn start() -> Result<Self> {
        Self::start_with("").await
    }

    fn port(&self) -> u16 {
        self.port()
    }

    fn url(&self) -> String {
        self.url()
    }

    fn node(url: &str) -> Result<Arc<dyn StoreBackend>> {
        Ok(Arc::new(PostgresStore::new(url)?))
    }

    fn kill(&mut self) {
        self.kill();
    }

    async fn restart(&mut self) -> Result<()> {
        self.restart().await
    }

    async fn lose_everything(&mut self) -> Result<()> {
        self.run("DROP SCHEMA public CASCADE; CREATE SCHEMA public").map(drop)
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
        self.run("SELECT pg_promote()").map(drop)
    }

    fn step_back(&self, span: Duration) -> Result<()> {
        let behind = span.as_millis();
        self.run(&format!("UPDATE vestibule_store SET clock_offset = clock_offset - {behind}")).map(drop)
    }
}
