use axum::{
    http::{HeaderValue, header},
    response::{Html, IntoResponse, Response},
};
use maud::{DOCTYPE, Markup, html};
use url::Url;

use crate::{Neighbour, Settings, stylesheet::Stylesheet};

/// An application's looks: what all of its pages have in common.
#[derive(Debug)]
pub struct Site {
    name: &'static str,
    icon: &'static str,
    pub(crate) stylesheet: Stylesheet,
    policy: HeaderValue,
    /// The other application, if this one was told where it is.
    pub neighbour: Option<Neighbour>,
}

impl Site {
    /// A site with its name, its icon (the `d` of an SVG path in a 24 by 24 box) and its styles.
    pub fn new(name: &'static str, icon: &'static str, css: &str, issuer: &str) -> Self {
        Self { name, icon, stylesheet: Stylesheet::new(css), policy: policy(issuer), neighbour: None }
    }

    /// The same site beside the other application, where `settings` tell of it.
    pub fn beside(mut self, id: &'static str, name: &'static str, settings: &Settings) -> Self {
        self.neighbour = settings.other_app.clone().map(|url| Neighbour { id, name, url });
        self
    }

    /// The icon and the name, as a link to the start page.
    pub fn brand(&self) -> Markup {
        html! {
            a.brand href="/" {
                svg viewBox="0 0 24 24" width="22" height="22" aria-hidden="true" { path d=(self.icon); }
                (self.name)
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
                    title { (title) " · " (self.name) }
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
