use std::{
    io::{self, IsTerminal as _},
    net::TcpListener,
};

use tracing_subscriber::EnvFilter;

/// Logs to standard output, in colour on a terminal, at the level `info` unless `RUST_LOG` says otherwise.
pub fn log() {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("info"));
    let logger = tracing_subscriber::fmt().with_env_filter(filter).with_target(false);
    if io::stdout().is_terminal() { logger.init() } else { logger.with_ansi(false).init() }
}

/// Listens on an address, and logs where that is.
///
/// # Errors
/// When it cannot be listened on.
pub fn listen(listen_addr: &str) -> io::Result<TcpListener> {
    let listener = TcpListener::bind(listen_addr)
        .map_err(|error| io::Error::new(error.kind(), format!("cannot listen on {listen_addr}: {error}")))?;
    tracing::info!("listening on http://{}", listener.local_addr()?);
    Ok(listener)
}

/// Completes when somebody wants the process to stop.
pub async fn stopped() {
    #[cfg(unix)]
    if let Ok(mut terminate) = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
        tokio::select! {
            _ = tokio::signal::ctrl_c() => {}
            _ = terminate.recv() => {}
        }
        return;
    }
    // Without a way to hear of Ctrl-C, the system's own handling of it ends the process.
    if tokio::signal::ctrl_c().await.is_err() {
        std::future::pending::<()>().await;
    }
}
