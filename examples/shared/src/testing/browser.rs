use std::{sync::Arc, time::Duration};

use anyhow::{Context as _, Result, ensure};
use reqwest::{
    Client, RequestBuilder, Response, StatusCode, Url,
    cookie::{CookieStore as _, Jar},
    header::{ACCEPT, CONTENT_TYPE, HeaderMap, HeaderValue, ORIGIN},
};
use serde_json::Value;

const ANSWER_WITHIN: Duration = Duration::from_secs(20);

/// One person's browser, without a screen: it keeps cookies, follows redirects and sends forms. Clones are tabs of it.
#[derive(Clone, Debug)]
pub struct Browser {
    http: Client,
    jar: Arc<Jar>,
}

/// What an address answered, after all redirects.
#[derive(Debug)]
pub struct Page {
    /// Where the redirects ended.
    pub url: Url,
    /// The status there.
    pub status: StatusCode,
    /// Its headers.
    pub headers: HeaderMap,
    /// Its text.
    pub body: String,
}

impl Browser {
    /// A browser without cookies.
    ///
    /// # Errors
    /// When no HTTP client can be made on this system.
    pub fn new() -> Result<Self> {
        let jar = Arc::new(Jar::default());
        let http = Client::builder().cookie_provider(Arc::clone(&jar)).no_proxy().timeout(ANSWER_WITHIN);
        // A connection of its own for each request: an application that was started again is none that hung up.
        let http = http.pool_max_idle_per_host(0);
        Ok(Self { http: http.build()?, jar })
    }

    /// Opens an address, as if somebody typed it.
    ///
    /// # Errors
    /// When nobody answers.
    pub async fn open(&self, url: &str) -> Result<Page> {
        navigate(self.http.get(url), "none").await
    }

    /// Sends the form of `page` that goes to `action`.
    ///
    /// # Errors
    /// When the page has no such form, or nobody answers.
    pub async fn submit(&self, page: &Page, action: &str) -> Result<Page> {
        let fields = page.form(action)?;
        let origin = page.url.origin().ascii_serialization();
        let request = self.http.post(page.url.join(action)?).header(ORIGIN, origin).form(&fields);
        navigate(request, "same-origin").await
    }

    /// Signs in on the login page of the development provider.
    ///
    /// # Errors
    /// When `page` is another one, or nobody answers.
    pub async fn sign_in(&self, page: &Page, login: &str) -> Result<Page> {
        ensure!(page.url.path() == "/authorize", "{} is no login page", page.place());
        let fields = [("login", login), ("request", page.url.query().unwrap_or_default())];
        navigate(self.http.post(page.url.join("/login")?).form(&fields), "same-origin").await
    }

    /// Calls an API, as a script of its own site.
    ///
    /// # Errors
    /// When nobody answers.
    pub async fn call(&self, url: &str) -> Result<Page> {
        let request = self.http.get(url).header(ACCEPT, "application/json");
        let request = request.header("sec-fetch-mode", "cors").header("sec-fetch-site", "same-origin");
        Page::read(request.send().await?).await
    }

    /// Calls an API with an access token, as a program would.
    ///
    /// # Errors
    /// When nobody answers.
    pub async fn call_with_token(&self, url: &str, token: &str) -> Result<Page> {
        Page::read(self.http.get(url).bearer_auth(token).send().await?).await
    }

    /// Opens an answer that goes on, as a script of its own site.
    ///
    /// # Errors
    /// When nobody answers.
    pub async fn stream(&self, url: &str) -> Result<Response> {
        let request =
            self.http.get(url).header("sec-fetch-mode", "cors").header("sec-fetch-site", "same-origin");
        Ok(request.send().await?)
    }

    /// The cookies that go with a request to this address, as one header.
    ///
    /// # Errors
    /// When it is none.
    pub fn cookies(&self, url: &str) -> Result<Option<HeaderValue>> {
        Ok(self.jar.cookies(&Url::parse(url)?))
    }

    /// Sends fields to an address, as a form of some other site would.
    ///
    /// # Errors
    /// When nobody answers.
    pub async fn post_from_elsewhere(&self, url: &str, fields: &[(&str, &str)]) -> Result<Page> {
        let request = self.http.post(url).header(ORIGIN, "https://elsewhere.example").form(fields);
        navigate(request, "cross-site").await
    }
}

impl Page {
    /// Fails unless the page has this status.
    ///
    /// # Errors
    /// With the status that it has.
    pub fn expect(self, status: StatusCode) -> Result<Self> {
        ensure!(self.status == status, "{} answered {}, not {status}", self.place(), self.status);
        Ok(self)
    }

    /// The problem document of a refused call (RFC 9457).
    ///
    /// # Errors
    /// When it is none, or of another status.
    pub fn problem(self, status: StatusCode) -> Result<Value> {
        let page = self.expect(status)?;
        let media_type = page.headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
        ensure!(media_type == Some("application/problem+json"), "{} answered {media_type:?}", page.place());
        let problem: Value = page.json()?;
        ensure!(problem["status"] == status.as_u16(), "the problem document names another status");
        Ok(problem)
    }

    /// The page as JSON.
    ///
    /// # Errors
    /// When it is something else.
    pub fn json<T: serde::de::DeserializeOwned>(&self) -> Result<T> {
        serde_json::from_str(&self.body).with_context(|| format!("{} answered unexpected JSON", self.place()))
    }

    /// The preset fields of the form that goes to `action`.
    ///
    /// # Errors
    /// When there is none.
    pub fn form(&self, action: &str) -> Result<Vec<(String, String)>> {
        let marked = format!(" action=\"{action}\"");
        let mut forms = self.body.split("<form").skip(1).filter_map(|rest| rest.split("</form>").next());
        let form = forms.find(|form| form.split('>').next().is_some_and(|tag| tag.contains(&marked)));
        let form = form.with_context(|| format!("{} has no form for {action}", self.place()))?;
        let inputs = form.split("<input").skip(1);
        Ok(inputs.filter_map(|input| Some((attribute(input, "name")?, attribute(input, "value")?))).collect())
    }

    async fn read(response: Response) -> Result<Self> {
        let (url, status) = (response.url().clone(), response.status());
        let headers = response.headers().clone();
        Ok(Self { url, status, headers, body: response.text().await? })
    }

    /// The address without its query, which may hold a code.
    fn place(&self) -> String {
        format!("{}{}", self.url.origin().ascii_serialization(), self.url.path())
    }
}

async fn navigate(request: RequestBuilder, site: &str) -> Result<Page> {
    let request = request.header(ACCEPT, "text/html,*/*;q=0.8");
    let request = request.header("sec-fetch-mode", "navigate").header("sec-fetch-site", site);
    Page::read(request.send().await?).await
}

fn attribute(tag: &str, name: &str) -> Option<String> {
    let (_, rest) = tag.split('>').next()?.split_once(&format!(" {name}=\""))?;
    rest.split('"').next().map(str::to_owned)
}
