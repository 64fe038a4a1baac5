use http::{StatusCode, header};
use vestibule::State;

use crate::{
    cookie::{CookieLookup, SetCookie, find},
    engine::Engine,
    http::{Parameters, Reply, RequestHead, reply},
    pages,
};

/// The query that tells that the provider took no part in the logout.
pub(super) const HERE_ALONE: &str = "here-alone";

/// The end of a logout. Only the answer to a logout of this browser goes on to the application's own page; whatever
/// else arrives here gets the plain one (RP-Initiated Logout section 3, checklist B31).
pub(super) fn serve(engine: &Engine, head: &RequestHead<'_>) -> Reply {
    let expected = match find(head, &engine.names.logout) {
        CookieLookup::One(value) => Some(State::new(value)),
        _ => None,
    };
    let mut reply = match &engine.after_logout {
        Some(place) if expected.is_some() && expected == returned_state(head) => {
            reply::see_other(place.as_str())
        }
        _ => reply::html(StatusCode::OK, pages::logged_out(head.query != Some(HERE_ALONE))),
    };
    let forget = SetCookie { name: &engine.names.logout, value: "", max_age: 0, secure: engine.secure };
    reply::append(&mut reply, header::SET_COOKIE, &forget.to_header());
    reply
}

fn returned_state(head: &RequestHead<'_>) -> Option<State> {
    Parameters::of_query(head).only("state").map(State::new)
}
