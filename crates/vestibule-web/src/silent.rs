//! Asking the provider once, without a page, who an anonymous visitor is.
//!
//! The way there is page → `login?silent=…` → provider → callback → page. A cookie that ends with the browser session is
//! set on the first step and stands for the attempt from then on. Where it has not arrived at the second step, the
//! browser refuses cookies: it goes back to the page with a mark in the query, since nothing else could stop the next one.

use http::header;

use crate::{
    challenge::login_url,
    cookie::{CookieLookup, SetCookie, find},
    engine::Engine,
    http::{Parameters, Reply, RequestHead, is_navigation, reply},
    return_to::ReturnTo,
    session::Held,
};

/// The parameter of the login endpoint that asks for a login without a page.
const PARAMETER: &str = "silent";
/// The mark of a browser that refuses cookies.
const REFUSES_COOKIES: (&str, &str) = ("silent-login", "off");

/// Whether this is a page load in which the provider may be asked.
pub(crate) fn is_due(engine: &Engine, head: &RequestHead<'_>, held: &Held) -> bool {
    engine.logins.silent
        && is_navigation(head)
        // Frames get no cookies, and crawlers keep none; neither of them says this.
        && head.header("sec-fetch-mode") == Some("navigate")
        && head.header("sec-fetch-dest") == Some("document")
        // A session that has ended was ended by somebody.
        && held.is_empty()
        && !was_tried(engine, head)
        && !Parameters::of_query(head).has(REFUSES_COOKIES)
}

/// Goes to ask, and comes back to `place`.
pub(crate) fn ask(engine: &Engine, place: &ReturnTo) -> Reply {
    let mut reply = reply::see_other(&format!("{}&{PARAMETER}=1", login_url(engine, place)));
    remember(engine, &mut reply);
    reply
}

/// Whoever logs out is not to be back in without a word.
pub(crate) fn after_logout(engine: &Engine, mut reply: Reply) -> Reply {
    remember(engine, &mut reply);
    reply
}

/// From now on nobody is asked about this browser, until it is closed.
pub(crate) fn remember(engine: &Engine, reply: &mut Reply) {
    if engine.logins.silent {
        let cookie =
            SetCookie { name: &engine.names.silent, value: "tried-once", max_age: 0, secure: engine.secure };
        reply::append(reply, header::SET_COOKIE, &cookie.until_the_browser_closes());
    }
}

/// Whether the login endpoint is asked for a login without a page.
pub(crate) fn is_asked_for(engine: &Engine, head: &RequestHead<'_>) -> bool {
    engine.logins.silent && Parameters::of_query(head).has((PARAMETER, "1"))
}

/// Whether this browser has kept that it was asked about.
pub(crate) fn was_tried(engine: &Engine, head: &RequestHead<'_>) -> bool {
    !matches!(find(head, &engine.names.silent), CookieLookup::Absent)
}

/// Back to the page of a browser that refuses cookies.
pub(crate) fn give_up(engine: &Engine, place: &ReturnTo) -> Reply {
    let (name, value) = REFUSES_COOKIES;
    let separator = if place.as_str().contains('?') { '&' } else { '?' };
    let marked = format!("{}{separator}{name}={value}", place.as_str());
    // A place too long for the mark loses its query.
    let marked = ReturnTo::parse(&marked, &engine.origin).map(|place| place.as_str().to_owned());
    reply::see_other(&marked.unwrap_or_else(|| format!("/?{name}={value}")))
}
