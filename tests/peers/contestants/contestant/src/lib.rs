//! What the contestants have in common: where to listen, what the page says, and a login made by hand for those that bring
//! none.

use std::{env, fmt, net::SocketAddr};

use anyhow::{Context as _, Result};

#[cfg(feature = "actix")]
pub mod actix;
#[cfg(feature = "axum")]
pub mod axum;
#[cfg(feature = "login")]
pub mod login;
#[cfg(feature = "vestibule")]
pub mod vestibule;

/// The page: protected in one server, and for everybody in the other.
pub const PAGE: &str = "/me";

/// Where the provider sends the browser back to.
pub const CALLBACK: &str = "/auth/callback";

/// What the page says, whoever serves it.
pub fn greeting(subject: impl fmt::Display) -> String {
    format!("hello {subject}")
}

/// What a contestant is told by its environment.
#[derive(Clone, Debug)]
pub struct Task {
    /// The provider.
    pub issuer: String,
    /// As which client it is registered there.
    pub client_id: String,
    /// The client's secret.
    pub client_secret: String,
    /// Whom the bare page greets.
    pub subject: String,
    /// Where the page that is protected is served.
    pub protected: SocketAddr,
    /// Where the page of the framework alone is served.
    pub bare: SocketAddr,
}

impl Task {
    /// Reads the environment.
    ///
    /// # Errors
    /// When a variable is not set, or an address is none.
    pub fn from_env() -> Result<Self> {
        Ok(Self {
            issuer: variable("PEERS_ISSUER")?,
            client_id: variable("PEERS_CLIENT_ID")?,
            client_secret: variable("PEERS_CLIENT_SECRET")?,
            subject: variable("PEERS_SUBJECT")?,
            protected: variable("PEERS_PROTECTED")?.parse()?,
            bare: variable("PEERS_BARE")?.parse()?,
        })
    }

    /// Where browsers find the protected application.
    pub fn base_url(&self) -> String {
        format!("http://{}", self.protected)
    }

    /// The redirect URI that is registered at the provider.
    pub fn redirect_uri(&self) -> String {
        format!("{}{CALLBACK}", self.base_url())
    }
}

fn variable(name: &str) -> Result<String> {
    env::var(name).with_context(|| format!("{name} is not set: contestants are started by `cargo run`"))
}
