use axum::{
    http::{HeaderValue, header},
    response::{Html, IntoResponse, Response},
};
use maud::{DOCTYPE, Markup, html};
use url::Url;

use crate::{Neighbour, Settings, stylesheet::Stylesheet};

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
    pub(crate) stylesheet: Stylesheet,
    policy: HeaderValue,
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
    pub fn page(&self, title: &str, body: &Markup) -> Response {
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
        let headers = [
            (header::CONTENT_SECURITY_POLICY, self.policy.clone()),
            (header::REFERRER_POLICY, HeaderValue::from_static("same-origin")),
            (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
        ];
        (headers, Html(page.into_string())).into_response()
    }
}

/// The log-out form ends at the provider, and browsers hold redirects of a form to `form-action` too.
fn policy(issuer: &str) -> HeaderValue {
    let provider = Url::parse(issuer).map(|url| url.origin().ascii_serialization()).unwrap_or_default();
    let policy = format!(
        "default-src 'none'; style-src 'self'; img-src data:; form-action 'self' {provider}; \
         base-uri 'none'; frame-ancestors 'none'"
    );
    HeaderValue::try_from(policy).unwrap_or_else(|_| HeaderValue::from_static("default-src 'none'"))
}
