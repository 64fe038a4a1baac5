//! What the provider lets only this harness do.

use anyhow::{Context as _, Result};
use reqwest::Client;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use url::Url;

use crate::journal::Journal;

/// The door to a running provider.
#[derive(Debug)]
pub(crate) struct Control {
    base: Url,
    http: Client,
}

/// Whose key signs a logout token. Both go by the same `kid`.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Key {
    Own,
    Foreign,
}

impl Control {
    pub(crate) fn at(base: Url) -> Result<Self> {
        Ok(Self { base, http: Client::builder().no_proxy().build()? })
    }

    /// What the provider did since its start.
    pub(crate) async fn journal(&self) -> Result<Journal> {
        let answer = self.http.get(self.base.join("/journal")?).send().await?.error_for_status()?;
        Ok(answer.json().await?)
    }

    /// Sets the lifetime of the access tokens that are issued from now on.
    pub(crate) async fn set_access_token_lifetime(&self, seconds: u32) -> Result<()> {
        let _: Value = self.post("/access-token-lifetime", &json!({ "seconds": seconds })).await?;
        Ok(())
    }

    /// A fresh logout token, right in all but perhaps its key.
    pub(crate) async fn logout_token(
        &self,
        audience: &str,
        subject: &str,
        sid: &str,
        key: Key,
    ) -> Result<String> {
        #[derive(Deserialize)]
        struct Signed {
            token: String,
        }
        let key = match key {
            Key::Own => "own",
            Key::Foreign => "foreign",
        };
        let order = json!({ "audience": audience, "subject": subject, "sid": sid, "key": key });
        Ok(self.post::<Signed>("/logout-token", &order).await?.token)
    }

    async fn post<T: DeserializeOwned>(&self, path: &str, body: &Value) -> Result<T> {
        let answer = self.http.post(self.base.join(path)?).json(body).send().await?;
        let answer = answer.error_for_status().with_context(|| format!("the provider refused {path}"))?;
        Ok(answer.json().await?)
    }
}
