use std::convert::Infallible;

use axum::{
    extract::State,
    response::sse::{Event, KeepAlive, Sse},
};
use futures_util::{Stream, StreamExt as _, stream};
use vestibule_axum::Session;

use crate::room::Room;

/// `GET /events`: how many are in the room, until the session ends. The last event says so: without it the browser would
/// take the end for an interruption, and come back.
pub(crate) async fn events(
    State(room): State<Room>,
    session: Session,
) -> Sse<impl Stream<Item = Result<Event, Infallible>>> {
    let mut present = room.present();
    present.mark_changed();
    let present = stream::unfold(present, |mut present| async move {
        present.changed().await.ok()?;
        let count = *present.borrow_and_update();
        Some((Event::default().event("present").data(count.to_string()), present))
    });
    let ended = session.into_inner().ended();
    let last = stream::once(async { Event::default().event("signed-out").data("bye") });
    Sse::new(present.take_until(ended).chain(last).map(Ok)).keep_alive(KeepAlive::default())
}
