//! Vestibule on axum: with its sessions in the memory store, or sealed in cookies.

use std::env;

use anyhow::Result;
use axum::{Router, routing::get};
use contestant::{PAGE, Task, greeting};
use vestibule_axum::{
    CookieKeys, MemoryStore, RelyingParty, Session,
    vestibule::{ClientSecret, OsRandom, Provider},
};

#[tokio::main]
async fn main() -> Result<()> {
    let task = Task::from_env()?;
    let provider = Provider::new(&task.issuer)?;
    let client = provider.web_app(&task.client_id, ClientSecret::new(&task.client_secret));
    let builder = RelyingParty::builder(client, task.base_url());
    let keys = CookieKeys::generate(&OsRandom)?;
    let relying_party = match env::args().nth(1).as_deref() {
        // Logouts are heard by back channel in either mode.
        Some("sealed") => builder.sealed_sessions(keys).backchannel_logout(MemoryStore::new()).build()?,
        _ => builder.stored_sessions(MemoryStore::new(), keys).build()?,
    };
    let application = vestibule_axum::wrap(Router::new().route(PAGE, get(me)), relying_party);
    contestant::axum::serve(task, application).await
}

async fn me(session: Session) -> String {
    greeting(session.subject())
}
