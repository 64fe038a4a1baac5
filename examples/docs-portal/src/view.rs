//! The pages.

use example_shared::{Arrival, Looks, Page, Site, avatar};
use maud::{Markup, html};
use vestibule_actix::{Session, Visitor};

use crate::articles::{Article, FOR_MEMBERS, ONE_LOGIN, ONE_LOGOUT};

pub(crate) const LOOKS: Looks = Looks {
    id: "docs-portal",
    name: "Docs portal",
    icon: "M5 4h5a2 2 0 0 1 2 2 2 2 0 0 1 2-2h5a1 1 0 0 1 1 1v12a1 1 0 0 1-1 1h-5a2 2 0 0 0-2 2 2 2 0 0 0-2-2H5a1 1 0 0 1-1-1V5a1 1 0 0 1 1-1z",
    css: include_str!("style.css"),
    neighbour: ("dashboard", "dashboard"),
};

/// An article.
pub(crate) fn article(site: &Site, visitor: &Visitor, article: &Article) -> Page {
    let main = html! {
        article {
            h1 { (article.title) }
            p.lead { (article.lead) }
            ((article.text)())
        }
    };
    site.page(article.title, &frame(site, visitor, article.path, &main))
}

/// The account page.
pub(crate) fn me(site: &Site, session: Session, arrival: &Arrival, account: &Markup) -> Page {
    let main = html! {
        @if let Some(dashboard) = &site.neighbour { (dashboard.note(arrival)) }
        h1 { "Your account" }
        div.account { (account) }
    };
    site.page("Your account", &frame(site, &Visitor::SignedIn(session), "/me", &main))
}

/// The bar on top, the contents beside, and the page.
fn frame(site: &Site, visitor: &Visitor, here: &str, main: &Markup) -> Markup {
    html! {
        a.skip href="#main" { "Skip to the content" }
        header.bar {
            (site.brand())
            @match visitor {
                Visitor::SignedIn(session) => a.user href="/me" { (avatar(session)) (session.name().unwrap_or_default()) }
                Visitor::Anonymous => a.quiet href=(format!("/auth/login?return_to={here}")) { "Sign in" }
            }
        }
        div.columns {
            nav aria-label="Contents" {
                h2 { "Guide" }
                ul {
                    @for article in [&ONE_LOGIN, &ONE_LOGOUT] { li { (entry(article.path, article.title, here)) } }
                    li.locked[matches!(visitor, Visitor::Anonymous)] {
                        (entry(FOR_MEMBERS.path, FOR_MEMBERS.title, here))
                    }
                }
                h2 { "You" }
                ul {
                    li { (entry("/me", "Your account", here)) }
                    @if let Some(dashboard) = &site.neighbour {
                        li { a href=(dashboard.link) { "To the " (dashboard.name) } }
                    }
                }
            }
            main #main { (main) }
        }
    }
}

fn entry(path: &str, title: &str, here: &str) -> Markup {
    html! { a href=(path) aria-current=[(path == here).then_some("page")] { (title) } }
}
