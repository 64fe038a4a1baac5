//! A browser, as far as signing in needs one.

use std::collections::BTreeMap;

use anyhow::{Context as _, Result, bail, ensure};
use reqwest::{
    Client, RequestBuilder, Response,
    header::{COOKIE, LOCATION, SET_COOKIE},
    redirect::Policy,
};
use url::{Position, Url};

use crate::provider::{LOGIN, Provider};

/// What a browser sends when a link is followed.
pub(crate) const HEADERS: [(&str, &str); 10] = [
    ("user-agent", "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0"),
    ("accept", "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"),
    ("accept-language", "en-GB,en;q=0.5"),
    ("accept-encoding", "gzip, deflate, br, zstd"),
    ("upgrade-insecure-requests", "1"),
    ("sec-fetch-dest", "document"),
    ("sec-fetch-mode", "navigate"),
    ("sec-fetch-site", "same-origin"),
    ("sec-fetch-user", "?1"),
    ("priority", "u=0, i"),
];

const MOST_REDIRECTS: usize = 10;

/// Keeps cookies by origin, `Secure` ones too, as browsers do on loopback.
#[derive(Debug)]
pub(crate) struct Browser {
    http: Client,
    cookies: BTreeMap<String, BTreeMap<String, String>>,
}

impl Browser {
    pub(crate) fn new() -> Result<Self> {
        let http = Client::builder().redirect(Policy::none()).no_proxy().build()?;
        Ok(Self { http, cookies: BTreeMap::new() })
    }

    /// Follows a link to a page that needs a login, logs in, and returns what the page says in the end.
    pub(crate) async fn sign_in(&mut self, page: &Url, provider: &Provider) -> Result<String> {
        let login = Url::parse(provider.issuer())?.join("/login")?;
        let mut next = page.clone();
        for _ in 0..MOST_REDIRECTS {
            let answer = if next.origin() == login.origin() {
                let request = next.query().context("an authorization request has a query")?;
                let form = [("login", LOGIN), ("request", request)];
                self.send(&login, self.http.post(login.clone()).form(&form)).await?
            } else {
                self.send(&next, self.http.get(next.clone())).await?
            };
            if answer.status().is_success() {
                ensure!(next == *page, "the login ended at {next}");
                return Ok(answer.text().await?);
            }
            next = redirect(&next, answer).await?;
        }
        bail!("more than {MOST_REDIRECTS} redirects, the last one to {next}")
    }

    /// The request's `Cookie` header for this origin.
    pub(crate) fn cookie(&self, url: &Url) -> String {
        let cookies = self.cookies.get(origin(url)).into_iter().flatten();
        cookies.map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("; ")
    }

    async fn send(&mut self, url: &Url, request: RequestBuilder) -> Result<Response> {
        let plain = HEADERS.iter().filter(|(name, _)| *name != "accept-encoding");
        let mut request = plain.fold(request, |request, (name, value)| request.header(*name, *value));
        let cookie = self.cookie(url);
        if !cookie.is_empty() {
            request = request.header(COOKIE, cookie);
        }
        let answer = request.send().await?;
        let jar = self.cookies.entry(origin(url).to_owned()).or_default();
        for line in answer.headers().get_all(SET_COOKIE) {
            keep(jar, line.to_str()?)?;
        }
        Ok(answer)
    }
}

/// Does with a cookie what the answer says.
fn keep(jar: &mut BTreeMap<String, String>, line: &str) -> Result<()> {
    let (pair, attributes) = line.split_once(';').unwrap_or((line, ""));
    let (name, value) = pair.split_once('=').context("a cookie has a name")?;
    let attributes = attributes.to_ascii_lowercase();
    let ended = attributes.split(';').map(str::trim).any(|attribute| {
        attribute == "max-age=0" || attribute.strip_prefix("expires=").is_some_and(|at| at.contains(" 1970 "))
    });
    if ended {
        jar.remove(name);
    } else {
        jar.insert(name.to_owned(), value.to_owned());
    }
    Ok(())
}

async fn redirect(from: &Url, answer: Response) -> Result<Url> {
    let status = answer.status();
    let location = answer.headers().get(LOCATION).map(|location| location.to_str().map(str::to_owned));
    match location {
        Some(location) if status.is_redirection() => Ok(from.join(&location?)?),
        _ => bail!("{from} answered {status}: {}", answer.text().await?),
    }
}

fn origin(url: &Url) -> &str {
    &url[..Position::BeforePath]
}
