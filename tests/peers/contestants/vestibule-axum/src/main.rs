//! Vestibule on axum.

use anyhow::Result;
use axum::{Router, routing::get};
use contestant::{PAGE, Task, greeting, vestibule::relying_party};
use vestibule_axum::Session;

#[tokio::main]
async fn main() -> Result<()> {
    let task = Task::from_env()?;
    let relying_party = relying_party(&task)?;
    let application = vestibule_axum::wrap(Router::new().route(PAGE, get(me)), relying_party);
    contestant::axum::serve(task, application).await
}

async fn me(session: Session) -> String {
    greeting(session.subject())
}
