//! The site over loopback, as an application serves it: with a thread for each processor.

use std::{net::SocketAddr, sync::mpsc, thread};

use actix_web::{HttpServer, rt::System};
use anyhow::{Context as _, Result};
use axum::Router;
use tokio::{net::TcpListener, runtime::Runtime};

use crate::{actix, site::Site};

/// How many threads serve.
const WORKERS: usize = 2;

/// Servers on axum. They end when this is dropped.
#[derive(Debug)]
pub struct Server {
    runtime: Runtime,
}

impl Server {
    /// A server without an application.
    ///
    /// # Errors
    /// When the system gives no threads.
    pub fn start() -> Result<Self> {
        let runtime =
            tokio::runtime::Builder::new_multi_thread().worker_threads(WORKERS).enable_all().build()?;
        Ok(Self { runtime })
    }

    /// Does something where the server runs: connections that it opens stay there.
    pub fn block_on<T>(&self, work: impl Future<Output = T>) -> T {
        self.runtime.block_on(work)
    }

    /// Serves the router.
    ///
    /// # Errors
    /// When it cannot listen.
    pub fn serve(&self, router: Router) -> Result<SocketAddr> {
        let listener = self.runtime.block_on(TcpListener::bind("127.0.0.1:0"))?;
        let address = listener.local_addr()?;
        self.runtime.spawn(async move { axum::serve(listener, router).await });
        Ok(address)
    }
}

/// Serves the site with actix-web, bare and in Vestibule, until the process ends.
///
/// # Errors
/// When it cannot listen.
pub fn serve_with_actix(site: &Site) -> Result<[SocketAddr; 2]> {
    let relying_party = site.relying_party.clone();
    let (tell, addresses) = mpsc::channel();
    thread::spawn(move || {
        System::new().block_on(async move {
            let bare = HttpServer::new(actix::bare).workers(WORKERS).bind("127.0.0.1:0")?;
            let wrapped = move || actix::wrapped(relying_party.clone());
            let wrapped = HttpServer::new(wrapped).workers(WORKERS).bind("127.0.0.1:0")?;
            // Nobody listens any more where the other side has failed.
            let _ = tell.send([bare.addrs(), wrapped.addrs()]);
            futures_util::try_join!(bare.run(), wrapped.run())
        })
    });
    let [bare, wrapped] = addresses.recv().context("actix-web cannot listen")?;
    Ok([*bare.first().context("an address")?, *wrapped.first().context("an address")?])
}
