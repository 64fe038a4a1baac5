//! Vestibule on actix-web.

use actix_web::{App, HttpServer, web::get};
use anyhow::Result;
use contestant::{PAGE, Task, greeting, vestibule::relying_party};
use vestibule_actix::Session;

#[actix_web::main]
async fn main() -> Result<()> {
    let task = Task::from_env()?;
    let relying_party = relying_party(&task)?;
    contestant::actix::serve_bare(&task)?;
    let server = HttpServer::new(move || {
        vestibule_actix::wrap(App::new().route(PAGE, get().to(me)), relying_party.clone())
    });
    Ok(server.bind(task.protected)?.run().await?)
}

async fn me(session: Session) -> String {
    greeting(session.subject())
}
