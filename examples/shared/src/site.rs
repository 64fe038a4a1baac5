use maud::{DOCTYPE, Markup, html};
use url::Url;

use crate::{Neighbour, Page, Settings, stylesheet::Stylesheet};

/// What sets an application's pages apart.
#[derive(Clone, Copy, Debug)]
pub struct Looks {
    /// What it calls itself in links to the other application.
    pub id: &'static str,
    /// What people call it.
    pub name: &'static str,
    /// The `d` of an SVG path in a box of 24 by 24.
    pub icon: &'static str,
    /// The styles beyond those that both have.
    pub css: &'static str,
    /// Id and name of the other application.
    pub neighbour: (&'static str, &'static str),
}

/// What all pages of an application have in common.
#[derive(Debug)]
pub struct Site {
    looks: Looks,
    stylesheet: Stylesheet,
    policy: String,
    /// The other application, if this one was told where it is.
    pub neighbour: Option<Neighbour>,
}

impl Site {
    /// A site with these looks.
    pub fn new(looks: Looks, settings: &Settings) -> Self {
        let (id, name) = looks.neighbour;
        let neighbour = settings.other_app.as_deref().map(|url| Neighbour::new(id, name, url, looks.id));
        Self { looks, stylesheet: Stylesheet::new(looks.css), policy: policy(&settings.issuer), neighbour }
    }

    /// The icon and the name, as a link to the start page.
    pub fn brand(&self) -> Markup {
        html! {
            a.brand href="/" {
                svg viewBox="0 0 24 24" width="22" height="22" aria-hidden="true" { path d=(self.looks.icon); }
                (self.looks.name)
            }
        }
    }

    /// A page: the frame around `body`, and the headers that keep foreign content, scripts and frames out.
    pub fn page(&self, title: &str, body: &Markup) -> Page {
        let page = html! {
            (DOCTYPE)
            html lang="en" {
                head {
                    meta charset="utf-8";
                    meta name="viewport" content="width=device-width, initial-scale=1";
                    meta name="color-scheme" content="light dark";
                    title { (title) " · " (self.looks.name) }
                    link rel="icon" href="data:,";
                    link rel="stylesheet" href=(self.stylesheet.path);
                }
                body { (body) }
            }
        };
        Page::new(page)
            .header("content-type", "text/html; charset=utf-8")
            .header("content-security-policy", &self.policy)
            .header("referrer-policy", "same-origin")
            .header("x-content-type-options", "nosniff")
    }

    /// The stylesheet that every page links to, at `/style.css`.
    pub fn stylesheet(&self) -> Page {
        self.stylesheet.page()
    }
}

/// The log-out form ends at the provider, and browsers hold redirects of a form to `form-action` too.
fn policy(issuer: &str) -> String {
    let provider = Url::parse(issuer).map(|url| url.origin().ascii_serialization()).unwrap_or_default();
    format!(
        "default-src 'none'; style-src 'self'; img-src data:; form-action 'self' {provider}; \
         base-uri 'none'; frame-ancestors 'none'"
    )
}
