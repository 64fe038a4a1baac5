//! The HTTP server: a thread and a runtime of its own, so that stopping it can be waited for.

use std::io;
use std::net::{SocketAddr, TcpListener as StdTcpListener};
use std::sync::Arc;
use std::thread::{self, JoinHandle};

use axum::Router;
use axum::body::Body;
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};
use tokio::runtime::{Builder, Handle, Runtime};
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinSet;
use tower::ServiceExt as _;

use crate::blocking::block_on;
use crate::endpoints;
use crate::faults::CutConnection;
use crate::provider::Provider;

/// A server that runs until it is dropped.
#[derive(Debug)]
pub(crate) struct Server {
    commands: mpsc::UnboundedSender<Command>,
    handle: Handle,
    thread: Option<JoinHandle<()>>,
}

impl Server {
    /// Starts to answer on a listener that is bound already.
    pub(crate) fn start(provider: &Arc<Provider>, listener: StdTcpListener) -> io::Result<Self> {
        let address = listener.local_addr()?;
        listener.set_nonblocking(true)?;
        let runtime = Builder::new_current_thread().enable_all().build()?;
        let handle = runtime.handle().clone();
        let (commands, received) = mpsc::unbounded_channel();
        let router = endpoints::router(Arc::clone(provider));
        let thread = thread::Builder::new()
            .name("vestibule-dev-idp".to_owned())
            .spawn(move || run(&runtime, listener, address, router, received))?;
        Ok(Self { commands, handle, thread: Some(thread) })
    }

    /// Refuses connections and closes those that are open. Done when this returns.
    pub(crate) fn close(&self) {
        let (done, wait) = oneshot::channel();
        if self.commands.send(Command::Close(done)).is_ok() {
            let _ = block_on(wait);
        }
    }

    /// Listens again on the same address.
    pub(crate) fn open(&self) -> io::Result<()> {
        let (done, wait) = oneshot::channel();
        if self.commands.send(Command::Open(done)).is_err() {
            return Err(io::Error::other("the server has stopped"));
        }
        block_on(wait).unwrap_or_else(|_| Err(io::Error::other("the server has stopped")))
    }

    pub(crate) fn handle(&self) -> &Handle {
        &self.handle
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.commands.send(Command::Stop);
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

enum Command {
    Close(oneshot::Sender<()>),
    Open(oneshot::Sender<io::Result<()>>),
    Stop,
}

fn run(
    runtime: &Runtime,
    listener: StdTcpListener,
    address: SocketAddr,
    router: Router,
    commands: mpsc::UnboundedReceiver<Command>,
) {
    runtime.block_on(async {
        if let Ok(listener) = TcpListener::from_std(listener) {
            serve(listener, address, router, commands).await;
        }
    });
}

async fn serve(
    listener: TcpListener,
    address: SocketAddr,
    router: Router,
    mut commands: mpsc::UnboundedReceiver<Command>,
) {
    let mut listener = Some(listener);
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            biased;
            command = commands.recv() => match command {
                Some(Command::Close(done)) => {
                    listener = None;
                    connections.shutdown().await;
                    let _ = done.send(());
                }
                Some(Command::Open(done)) => {
                    let _ = done.send(open(&mut listener, address).await);
                }
                Some(Command::Stop) | None => break,
            },
            stream = accept(listener.as_ref()) => {
                connections.spawn(connection(stream, router.clone()));
            }
            Some(_) = connections.join_next() => {}
        }
    }
    connections.shutdown().await;
}

async fn open(listener: &mut Option<TcpListener>, address: SocketAddr) -> io::Result<()> {
    if listener.is_none() {
        *listener = Some(TcpListener::bind(address).await?);
    }
    Ok(())
}

/// The next connection; never one while the server is closed.
async fn accept(listener: Option<&TcpListener>) -> TcpStream {
    let Some(listener) = listener else { return std::future::pending().await };
    loop {
        if let Ok((stream, _)) = listener.accept().await {
            return stream;
        }
        tokio::task::yield_now().await;
    }
}

async fn connection(stream: TcpStream, router: Router) {
    let _ = stream.set_nodelay(true);
    let service = service_fn(move |request: hyper::Request<Incoming>| {
        let router = router.clone();
        async move {
            let Ok(answer) = router.oneshot(request.map(Body::new)).await;
            if answer.extensions().get::<CutConnection>().is_some() {
                return Err(io::Error::other("closed on purpose"));
            }
            Ok(answer)
        }
    });
    // One request for each connection: else a client that pools them would learn of an outage in different ways, by
    // chance.
    let _ = hyper::server::conn::http1::Builder::new()
        .keep_alive(false)
        .timer(TokioTimer::new())
        .serve_connection(TokioIo::new(stream), service)
        .await;
}
