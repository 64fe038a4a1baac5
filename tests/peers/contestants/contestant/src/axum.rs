//! Serving with axum, as its documentation does it.

use anyhow::Result;
use axum::{Router, routing::get};
use tokio::net::TcpListener;

use crate::{PAGE, Task, greeting};

/// Serves the protected application, and beside it the page of axum alone, until the process is ended.
///
/// # Errors
/// When it cannot listen.
pub async fn serve(task: Task, protected: Router) -> Result<()> {
    let subject = task.subject;
    let bare = Router::new().route(PAGE, get(move || async move { greeting(subject) }));
    let bare_listener = TcpListener::bind(task.bare).await?;
    let listener = TcpListener::bind(task.protected).await?;
    tokio::try_join!(axum::serve(bare_listener, bare), axum::serve(listener, protected))?;
    Ok(())
}
