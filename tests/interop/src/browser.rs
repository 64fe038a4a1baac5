//! A browser without a screen: cookies, redirects, forms, and the headers that tell a page from a script.

use std::time::Duration;

use anyhow::{Context as _, Result, bail, ensure};
use reqwest::header::{ACCEPT, CONTENT_TYPE, LOCATION, ORIGIN};
use reqwest::{Client, Method, RequestBuilder, Response, StatusCode, redirect};
use serde_json::Value;
use url::Url;

use crate::form::Form;

const MOST_REDIRECTS: usize = 20;
const ANSWER_WITHIN: Duration = Duration::from_secs(30);

/// One person's browser. Like a real one it has a single set of cookies for all ports of a host.
#[derive(Debug, Clone)]
pub(crate) struct Browser {
    http: Client,
}

/// What an address answered, after all redirects.
#[derive(Debug)]
pub(crate) struct Page {
    pub(crate) url: Url,
    pub(crate) status: StatusCode,
    /// How many led here.
    pub(crate) redirects: usize,
    content_type: String,
    retry_after: Option<String>,
    challenge: Option<String>,
    body: String,
}

impl Browser {
    pub(crate) fn new() -> Result<Self> {
        let http = Client::builder().cookie_store(true).redirect(redirect::Policy::none());
        Ok(Self { http: http.timeout(ANSWER_WITHIN).no_proxy().build()? })
    }

    /// Opens an address that somebody typed.
    pub(crate) async fn open(&self, url: Url) -> Result<Page> {
        let request = self.http.get(url.clone()).header("sec-fetch-user", "?1");
        self.follow(url, request, Relation::None).await
    }

    /// Sends a form of `page`.
    pub(crate) async fn submit(&self, page: &Page, form: &Form) -> Result<Page> {
        let url = page.url.join(&form.action)?;
        let site = Relation::SameOrigin.then(&page.url, &url);
        let request = self.http.post(url.clone()).form(&form.fields);
        let origin = page.url.origin().ascii_serialization();
        self.follow(url, request.header("sec-fetch-user", "?1").header(ORIGIN, origin), site).await
    }

    /// Calls an API of the application whose page is open.
    pub(crate) async fn call(&self, url: Url) -> Result<Page> {
        self.call_with(url, None).await
    }

    /// The same with an access token, as a page without cookies of that origin does.
    pub(crate) async fn call_with(&self, url: Url, access_token: Option<&str>) -> Result<Page> {
        let mut request = self.http.get(url.clone()).header(ACCEPT, "application/json");
        if let Some(token) = access_token {
            request = request.bearer_auth(token);
        }
        let request = request
            .header("sec-fetch-site", Relation::SameOrigin.as_str())
            .header("sec-fetch-mode", "cors")
            .header("sec-fetch-dest", "empty");
        Page::read(url, 0, request.send().await?).await
    }

    async fn follow(&self, mut url: Url, mut request: RequestBuilder, mut site: Relation) -> Result<Page> {
        for redirects in 0..MOST_REDIRECTS {
            let navigation = request
                .header(ACCEPT, "text/html,application/xhtml+xml,*/*;q=0.8")
                .header("sec-fetch-site", site.as_str())
                .header("sec-fetch-mode", "navigate")
                .header("sec-fetch-dest", "document");
            let response =
                navigation.send().await.with_context(|| format!("no answer from {}", shown(&url)))?;
            let Some(target) = target_of(&response)? else {
                return Page::read(url, redirects, response).await;
            };
            site = site.then(&url, &target);
            request = self.http.request(Method::GET, target.clone());
            url = target;
        }
        bail!("more than {MOST_REDIRECTS} redirects, the last to {}", shown(&url))
    }
}

impl Page {
    async fn read(url: Url, redirects: usize, response: Response) -> Result<Self> {
        let header =
            |name| response.headers().get(name).and_then(|value| value.to_str().ok()).map(str::to_owned);
        let content_type = header(CONTENT_TYPE.as_str()).unwrap_or_default();
        let (retry_after, challenge) = (header("retry-after"), header("www-authenticate"));
        let status = response.status();
        let body = response.text().await?;
        Ok(Self { url, status, redirects, content_type, retry_after, challenge, body })
    }

    /// Fails unless the page has this status.
    pub(crate) fn expect(self, status: StatusCode) -> Result<Self> {
        let why = self.challenge.as_deref().unwrap_or_default();
        ensure!(self.status == status, "{} answered {}, not {status} {why}", shown(&self.url), self.status);
        Ok(self)
    }

    /// Fails unless this is the problem document of a refused call (RFC 9457).
    pub(crate) fn expect_problem(self, status: StatusCode) -> Result<Self> {
        let page = self.expect(status)?;
        ensure!(
            page.content_type.starts_with("application/problem+json"),
            "{} answered {status} as {}, not as application/problem+json",
            shown(&page.url),
            page.content_type
        );
        ensure!(page.json()?["status"] == status.as_u16(), "the problem document names another status");
        Ok(page)
    }

    pub(crate) fn json(&self) -> Result<Value> {
        serde_json::from_str(&self.body).with_context(|| format!("{} did not answer JSON", shown(&self.url)))
    }

    /// What a person reads, for reports.
    pub(crate) fn text(&self) -> String {
        let body = self.body.split("<body").nth(1).unwrap_or(&self.body);
        let texts = body.split('<').filter_map(|tag| tag.split('>').nth(1)).map(str::trim);
        texts.filter(|text| !text.is_empty()).collect::<Vec<_>>().join(" ")
    }

    /// The form of the page that goes to a path that ends with `action`.
    pub(crate) fn form(&self, action: &str) -> Result<Form> {
        let form = Form::all_in(&self.body).into_iter().find(|form| form.path().ends_with(action));
        form.with_context(|| format!("{} has no form for …{action}", shown(&self.url)))
    }

    /// The value of `WWW-Authenticate`.
    pub(crate) fn challenge(&self) -> Result<&str> {
        self.challenge.as_deref().with_context(|| format!("no challenge at {}", shown(&self.url)))
    }

    pub(crate) fn into_text(self) -> String {
        self.body
    }

    /// The seconds of `Retry-After`.
    pub(crate) fn retry_after(&self) -> Result<u64> {
        let seconds =
            self.retry_after.as_deref().with_context(|| format!("no Retry-After at {}", self.url))?;
        seconds.parse().with_context(|| format!("Retry-After is `{seconds}`, not a number of seconds"))
    }
}

/// How a request relates to what caused it, as `Sec-Fetch-Site` tells it. A redirect can only widen it.
#[derive(Debug, Clone, Copy)]
enum Relation {
    /// A person typed the address.
    None,
    SameOrigin,
    SameSite,
}

impl Relation {
    /// After a step from one address to another; all of them are ports of one host.
    fn then(self, from: &Url, to: &Url) -> Self {
        match self {
            Self::SameOrigin if from.origin() != to.origin() => Self::SameSite,
            unchanged => unchanged,
        }
    }

    fn as_str(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::SameOrigin => "same-origin",
            Self::SameSite => "same-site",
        }
    }
}

fn target_of(response: &Response) -> Result<Option<Url>> {
    match response.status() {
        StatusCode::MOVED_PERMANENTLY | StatusCode::FOUND | StatusCode::SEE_OTHER => {
            let target = response.headers().get(LOCATION).context("a redirect without a Location")?;
            Ok(Some(response.url().join(target.to_str()?)?))
        }
        _ => Ok(None),
    }
}

/// An address without its query, which may hold a code.
fn shown(url: &Url) -> String {
    let mut url = url.clone();
    url.set_query(None);
    url.to_string()
}
