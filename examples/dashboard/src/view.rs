//! The pages.

use axum::response::Response;
use example_shared::{CameFrom, Site, avatar, sign_out};
use maud::{Markup, html};
use vestibule_axum::{OtherSession, Session};

const ID: &str = "dashboard";
pub(crate) const ICON: &str = "M4 13a1 1 0 0 1 1-1h3a1 1 0 0 1 1 1v7H5a1 1 0 0 1-1-1zM10 5a1 1 0 0 1 1-1h3a1 1 0 0 1 1 1v15h-5zM16 10a1 1 0 0 1 1-1h2a1 1 0 0 1 1 1v9a1 1 0 0 1-1 1h-3z";

/// The start page of somebody who is not signed in.
pub(crate) fn welcome(site: &Site) -> Response {
    let main = html! {
        div.hero {
            h1 { "One sign-in, every app" }
            p.lead { "Sign in here, and the other applications of your team know you. Sign out anywhere, and you are out everywhere." }
            a.primary href="/auth/login?return_to=/" { "Sign in" }
        }
    };
    site.page("Welcome", &frame(site, None, "/", &main))
}

/// The start page of somebody who is.
pub(crate) fn overview(site: &Site, session: &Session, sessions: &[OtherSession]) -> Response {
    let name = session.name().unwrap_or_else(|| session.subject().to_owned());
    let minutes =
        sessions.iter().find(|each| each.is_current).map_or(0, |current| current.age.as_secs() / 60);
    let main = html! {
        h1 { "Hello, " (name) }
        div.cards {
            (figure("Signed in for", &minutes.to_string(), "min", &html! { a href="/me" { "Your account" } }))
            (figure("Browsers", &sessions.len().to_string(), "here", &html! { a href="/me" { "See them all" } }))
            @if let Some(docs) = &site.neighbour {
                (figure("Next door", "1", "app", &html! {
                    a href=(docs.link_from(ID)) { "Open the " (docs.name) }
                }))
            }
        }
        section.card.wide aria-labelledby="api" {
            h2 #api { "The API behind this page" }
            p.faint { "Called by scripts with the same cookie. An access token that is due is renewed before the answer." }
            pre {
                "GET /api/me\n\n"
                "{\n  \"sub\": \"" (session.subject()) "\",\n  \"name\": \"" (name) "\""
                @if let Some(sid) = session.sid() { ",\n  \"sid\": \"" (sid) "\"" }
                "\n}"
            }
        }
    };
    site.page("Overview", &frame(site, Some(session), "/", &main))
}

/// The account page.
pub(crate) fn me(site: &Site, session: &Session, came_from: &CameFrom, account: &Markup) -> Response {
    let main = html! {
        @if let Some(docs) = site.neighbour.as_ref().filter(|docs| docs.sent(came_from)) {
            p.notice {
                "You came from the " (docs.name) ", and are signed in here as well."
                " " a href=(docs.link_from(ID)) { "Back to it" }
            }
        }
        h1 { "Your account" }
        div.account { (account) }
    };
    site.page("Your account", &frame(site, Some(session), "/me", &main))
}

/// The bar on top, and the page below it.
fn frame(site: &Site, session: Option<&Session>, here: &str, main: &Markup) -> Markup {
    html! {
        a.skip href="#main" { "Skip to the content" }
        header.bar {
            (site.brand())
            nav aria-label="Pages" {
                @for (path, name) in [("/", "Overview"), ("/me", "Account")] {
                    a href=(path) aria-current=[(path == here).then_some("page")] { (name) }
                }
            }
            div.who {
                @match session {
                    Some(session) => { (avatar(session)) (sign_out(session)) }
                    None => a.primary href="/auth/login?return_to=/" { "Sign in" }
                }
            }
        }
        main #main { (main) }
    }
}

fn figure(title: &str, number: &str, unit: &str, more: &Markup) -> Markup {
    html! {
        section.card {
            h2.faint { (title) }
            p.figure { (number) " " span { (unit) } }
            p { (more) }
        }
    }
}
