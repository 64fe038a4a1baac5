use std::sync::{
    Arc, Mutex, PoisonError,
    atomic::{AtomicUsize, Ordering},
};

use anyhow::{Context, Result};
use reqwest::{Client, Response};
use tokio::{runtime::Handle, sync::watch};
use url::Url;
use vestibule_native::{Browser, BrowserError};

/// Somebody with a browser that keeps its cookies: signed in once, they are asked no more. Clones are the same person.
#[derive(Clone, Debug)]
pub struct Person {
    login: String,
    issuer: String,
    client: Client,
    tabs: Arc<AtomicUsize>,
    prompts: Arc<AtomicUsize>,
    last_address: Arc<Mutex<Option<Url>>>,
    /// Whether they look at their browser.
    attentive: watch::Sender<bool>,
}

impl Person {
    pub(super) fn new(login: &str, issuer: &str) -> Self {
        let client = Client::builder().cookie_store(true).no_proxy().build().unwrap_or_default();
        Self {
            login: login.to_owned(),
            issuer: issuer.to_owned(),
            client,
            tabs: Arc::default(),
            prompts: Arc::default(),
            last_address: Arc::default(),
            attentive: watch::Sender::new(true),
        }
    }

    /// Has them do nothing in the browser until told otherwise.
    pub fn look_away(&self) {
        self.attentive.send_replace(false);
    }

    /// Has them see to every open tab.
    pub fn look(&self) {
        self.attentive.send_replace(true);
    }

    /// How many tabs were opened.
    pub fn tabs(&self) -> usize {
        self.tabs.load(Ordering::SeqCst)
    }

    /// What was opened last.
    pub fn last_address(&self) -> Option<Url> {
        self.last_address.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// How often they had to sign in.
    pub fn prompts(&self) -> usize {
        self.prompts.load(Ordering::SeqCst)
    }

    /// Visits an address, signs in where that is asked for, and returns the page that it leads to.
    ///
    /// # Errors
    /// When a page does not come.
    pub async fn visit(&self, url: &Url) -> Result<String> {
        let page = self.client.get(url.clone()).send().await?.error_for_status()?;
        let page = if self.is_login(&page) { self.sign_in(url).await? } else { page };
        Ok(page.text().await?)
    }

    fn is_login(&self, page: &Response) -> bool {
        page.url().as_str().starts_with(&format!("{}/authorize", self.issuer))
    }

    async fn sign_in(&self, url: &Url) -> Result<Response> {
        self.prompts.fetch_add(1, Ordering::SeqCst);
        let request = url.query().context("an authorization request has a query")?;
        let form = [("login", self.login.as_str()), ("request", request)];
        let sent = self.client.post(format!("{}/login", self.issuer)).form(&form).send().await?;
        Ok(sent.error_for_status()?)
    }
}

impl Browser for Person {
    fn open(&self, url: &Url) -> Result<(), BrowserError> {
        self.tabs.fetch_add(1, Ordering::SeqCst);
        *self.last_address.lock().unwrap_or_else(PoisonError::into_inner) = Some(url.clone());
        let (person, url) = (self.clone(), url.clone());
        Handle::current().spawn(async move {
            let mut attentive = person.attentive.subscribe();
            if attentive.wait_for(|attentive| *attentive).await.is_ok() {
                // A page that does not come shows in the login.
                let _ = person.visit(&url).await;
            }
        });
        Ok(())
    }
}
