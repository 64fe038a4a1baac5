//! Serving with actix-web, as its documentation does it.

use actix_web::{App, HttpServer, web};
use anyhow::Result;

use crate::{PAGE, Task, greeting};

/// Starts the page of actix-web alone. It ends with the process.
///
/// # Errors
/// When it cannot listen.
pub fn serve_bare(task: &Task) -> Result<()> {
    let subject = task.subject.clone();
    let bare = HttpServer::new(move || {
        let subject = subject.clone();
        let page = move || {
            let greeting = greeting(&subject);
            async move { greeting }
        };
        App::new().route(PAGE, web::get().to(page))
    });
    actix_web::rt::spawn(bare.bind(task.bare)?.run());
    Ok(())
}
