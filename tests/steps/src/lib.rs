//! What the runs with foreign programs share: steps that are printed, and processes that end with the run.

pub mod process;
pub mod report;

use tokio::signal::unix::{SignalKind, signal};

/// Completes at Ctrl-C or a request to terminate.
pub async fn interrupted() {
    match signal(SignalKind::terminate()) {
        Ok(mut terminate) => tokio::select! {
            _ = tokio::signal::ctrl_c() => {}
            _ = terminate.recv() => {}
        },
        Err(_) => drop(tokio::signal::ctrl_c().await),
    }
}
