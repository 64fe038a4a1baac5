//! The site over loopback: a server on a thread of its own, which tells how long it was on a processor.

use std::{net::SocketAddr, thread, time::Duration};

use anyhow::{Context as _, Result};
use axum::Router;
use tokio::{
    net::TcpListener,
    runtime,
    sync::{mpsc, oneshot},
};

use crate::{paired::thread_cpu, site::Site};

/// A running server: every router has its own address, and one thread serves them all.
#[derive(Debug)]
pub struct Server {
    /// Where the bare router is.
    pub bare: SocketAddr,
    /// Where the wrapped router is.
    pub wrapped: SocketAddr,
    /// The browser's cookie.
    pub cookie: String,
    clock: mpsc::UnboundedSender<oneshot::Sender<Duration>>,
}

impl Server {
    /// Starts the server. It ends with the process.
    ///
    /// # Errors
    /// When it cannot listen, or the login fails.
    pub fn start() -> Result<Self> {
        let (started, server) = oneshot::channel();
        thread::Builder::new().name("server".to_owned()).spawn(move || {
            let runtime = runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
            runtime.block_on(async {
                let (clock, readings) = mpsc::unbounded_channel();
                // Whoever started it is told, or gone.
                let _ = started.send(Self::listen(clock).await);
                tell_cpu_time(readings).await;
            });
        })?;
        server.blocking_recv().context("the server did not start")?
    }

    async fn listen(clock: mpsc::UnboundedSender<oneshot::Sender<Duration>>) -> Result<Self> {
        let Site { bare, wrapped, cookie, .. } = Site::signed_in().await?;
        Ok(Self { bare: serve(bare).await?, wrapped: serve(wrapped).await?, cookie, clock })
    }

    /// How long the server's thread has been on a processor.
    ///
    /// # Panics
    /// When the server has ended.
    pub async fn cpu(&self) -> Duration {
        let (reading, time) = oneshot::channel();
        self.clock.send(reading).expect("the server runs");
        time.await.expect("the server runs")
    }
}

async fn serve(router: Router) -> Result<SocketAddr> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?;
    tokio::spawn(async move { axum::serve(listener, router).await });
    Ok(address)
}

async fn tell_cpu_time(mut readings: mpsc::UnboundedReceiver<oneshot::Sender<Duration>>) {
    while let Some(reading) = readings.recv().await {
        // Whoever asked is told, or gone.
        let _ = reading.send(thread_cpu());
    }
}
