//! The pages.

use example_shared::{Arrival, Looks, Page, Site, ago, avatar, sign_out};
use maud::{Markup, html};
use vestibule_axum::{OtherSession, Session};

pub(crate) const LOOKS: Looks = Looks {
    id: "dashboard",
    name: "Dashboard",
    icon: "M4 13a1 1 0 0 1 1-1h3a1 1 0 0 1 1 1v7H5a1 1 0 0 1-1-1zM10 5a1 1 0 0 1 1-1h3a1 1 0 0 1 1 1v15h-5zM16 10a1 1 0 0 1 1-1h2a1 1 0 0 1 1 1v9a1 1 0 0 1-1 1h-3z",
    css: include_str!("style.css"),
    neighbour: ("docs-portal", "docs portal"),
};

/// The start page of somebody who is not signed in.
pub(crate) fn welcome(site: &Site) -> Page {
    let main = html! {
        div.hero {
            h1 { "Sign in once" }
            p.lead { "Sign in here, and the other applications of your team know you. Log out anywhere, and you are out everywhere." }
            a.primary href="/auth/login?return_to=/" { "Sign in" }
        }
        div.cards {
            (card("Your account", &html! { p { "Who you are, as the identity provider tells it." } }))
            (card("Your browsers", &html! { p { "Where else you are signed in, and how to end that." } }))
            @if let Some(docs) = &site.neighbour {
                (card("Next door", &html! { p { "The " a href=(docs.link) { (docs.name) } ", with the same sign-in." } }))
            }
        }
    };
    site.page("Welcome", &frame(site, None, "/", &main))
}

/// The start page of somebody who is.
pub(crate) fn overview(site: &Site, session: &Session, sessions: &[OtherSession]) -> Page {
    let name = session.name().unwrap_or_else(|| session.subject().to_owned());
    let since = sessions.iter().find(|each| each.is_current).map(|current| ago(current.age));
    let main = html! {
        h1 { "Hello, " (name) }
        div.cards {
            (card("Signed in", &html! {
                p.figure { (since.unwrap_or_default()) }
                a href="/me" { "Your account" }
            }))
            (card("Your browsers", &html! {
                p.figure { (sessions.len()) }
                a href="/me#sessions" { "Which they are" }
            }))
            @if let Some(docs) = &site.neighbour {
                (card("Next door", &html! {
                    p.figure { "1 app" }
                    a href=(docs.link) { "Open the " (docs.name) }
                }))
            }
        }
        section.card aria-labelledby="api" {
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
pub(crate) fn me(site: &Site, session: &Session, arrival: &Arrival, account: &Markup) -> Page {
    let main = html! {
        @if let Some(docs) = &site.neighbour { (docs.note(arrival)) }
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
                    None => a.quiet href="/auth/login?return_to=/" { "Sign in" }
                }
            }
        }
        main #main { (main) }
    }
}

fn card(title: &str, content: &Markup) -> Markup {
    html! { section.card { h2.faint { (title) } (content) } }
}
