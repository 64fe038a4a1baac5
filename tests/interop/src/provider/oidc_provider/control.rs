//! What the provider lets only this harness do.

use anyhow::{Context as _, Result};
use reqwest::Client;
use serde_json::json;
use url::Url;

use super::journal::Journal;

/// The door to a running provider.
#[derive(Debug)]
pub(super) struct Control {
    base: Url,
    http: Client,
}

impl Control {
    pub(super) fn at(base: Url) -> Result<Self> {
        Ok(Self { base, http: Client::builder().no_proxy().build()? })
    }

    /// What the provider did since its start.
    pub(super) async fn journal(&self) -> Result<Journal> {
        let answer = self.http.get(self.base.join("/journal")?).send().await?.error_for_status()?;
        Ok(answer.json().await?)
    }

    /// Sets the lifetime of the access tokens that are issued from now on.
    pub(super) async fn set_access_token_lifetime(&self, seconds: u32) -> Result<()> {
        let url = self.base.join("/access-token-lifetime")?;
        let answer = self.http.post(url).json(&json!({ "seconds": seconds })).send().await?;
        answer.error_for_status().context("the provider refused the lifetime")?;
        Ok(())
    }
}
