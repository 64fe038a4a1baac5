//! What the rows of the table do to an engine.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use anyhow::Result;
use vestibule_web::store::StoreBackend;

/// An engine that can be treated badly. It keeps on disk what it acknowledged.
pub(super) trait Engine: Sized {
    const NAME: &'static str;

    async fn start() -> Result<Self>;

    fn port(&self) -> u16;

    fn url(&self) -> String;

    /// A way to it for one node.
    fn node(url: &str) -> Result<Arc<dyn StoreBackend>>;

    fn kill(&mut self);

    /// On the same port, with its data.
    async fn restart(&mut self) -> Result<()>;

    /// On the same port, without.
    async fn lose_everything(&mut self) -> Result<()>;

    fn pause(&self);

    fn resume(&self);

    /// A replica of it.
    async fn replica(&self) -> Result<Self>;

    /// Makes a replica take writes.
    async fn promote(&self) -> Result<()>;

    /// Sets the clock back that it runs on.
    fn step_back(&self, span: Duration) -> Result<()>;

    fn address(&self) -> SocketAddr {
        (Ipv4Addr::LOCALHOST, self.port()).into()
    }
}
