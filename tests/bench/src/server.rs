//! The site over loopback, as an application serves it: on tokio's runtime for several threads.

use std::net::SocketAddr;

use anyhow::Result;
use axum::Router;
use tokio::{net::TcpListener, runtime::Runtime};

use crate::site::Site;

/// A running server. It ends when it is dropped.
#[derive(Debug)]
pub struct Server {
    /// Where the bare router is.
    pub bare: SocketAddr,
    /// Where the wrapped router is.
    pub wrapped: SocketAddr,
    /// The browser's cookie.
    pub cookie: String,
    _runtime: Runtime,
}

impl Server {
    /// Starts the server, with a thread for each processor.
    ///
    /// # Errors
    /// When it cannot listen, or the login fails.
    pub fn start() -> Result<Self> {
        let runtime = Runtime::new()?;
        let Site { bare, wrapped, cookie, .. } = runtime.block_on(Site::signed_in())?;
        let [bare, wrapped] = [bare, wrapped].map(|router| runtime.block_on(serve(router)));
        Ok(Self { bare: bare?, wrapped: wrapped?, cookie, _runtime: runtime })
    }
}

async fn serve(router: Router) -> Result<SocketAddr> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?;
    tokio::spawn(async move { axum::serve(listener, router).await });
    Ok(address)
}
