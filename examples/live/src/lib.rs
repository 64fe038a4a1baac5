//! A room that shows who is there and carries their messages: one event stream and one WebSocket a browser, which end
//! when the session does, wherever the user logged out.
//!
//! A connection that was opened once would outlive the logout. Both therefore wait for
//! [`session.ended()`](vestibule_axum::Session) beside what they are for: see `events.rs` and `socket.rs`.

mod events;
mod page;
mod room;
mod socket;

use axum::{Router, http::header, response::IntoResponse, routing::get};
use example_shared::Settings;
use room::Room;
use vestibule_axum::RelyingParty;

/// The whole application.
pub fn app(settings: &Settings, relying_party: RelyingParty) -> Router {
    let issuer = settings.issuer.clone();
    let router = Router::new()
        .route("/", get(move |session| async move { page::page(&session, &issuer) }))
        .route("/events", get(events::events))
        .route("/socket", get(socket::socket))
        .route("/live.js", get(|| async { asset("text/javascript", include_str!("live.js")) }))
        .route("/live.css", get(|| async { asset("text/css", include_str!("live.css")) }))
        .with_state(Room::default());
    vestibule_axum::wrap(router, relying_party)
}

fn asset(media_type: &'static str, text: &'static str) -> impl IntoResponse {
    ([(header::CONTENT_TYPE, media_type), (header::CACHE_CONTROL, "no-cache")], text)
}
