use std::time::Duration;

use reqwest::{StatusCode, blocking::Client};
use serde::Deserialize;
use vestibule_native::vestibule::AccessToken;

/// The API of the dashboard.
#[derive(Clone)]
pub(crate) struct Api {
    client: Client,
    url: String,
}

/// What it knows about whoever asks.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub(crate) struct Me {
    /// The user's name at the provider, for programs.
    pub(crate) sub: String,
    /// The user's session at the provider: the same in every application.
    pub(crate) sid: Option<String>,
}

impl Api {
    /// The API at this address.
    pub(crate) fn new(url: String) -> reqwest::Result<Self> {
        let client = Client::builder().timeout(Duration::from_secs(10)).build()?;
        Ok(Self { client, url })
    }

    /// Asks who the API takes the user for. The error is a sentence for the window.
    pub(crate) fn me(&self, token: &AccessToken) -> Result<Me, String> {
        let response = self.client.get(&self.url).bearer_auth(token.expose()).send();
        let response = response.map_err(|_| "The API cannot be reached.".to_owned())?;
        match response.status() {
            StatusCode::OK => {
                response.json().map_err(|_| "The API answered something unexpected.".to_owned())
            }
            StatusCode::UNAUTHORIZED => Err("The API takes this sign-in no more.".to_owned()),
            status => Err(format!("The API answered {status}.")),
        }
    }
}
