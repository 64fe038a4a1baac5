//! OpenID Providers that we did not write.

pub(crate) mod keycloak;
pub(crate) mod oidc_provider;

use anyhow::Result;
use url::Url;

use vestibule_axum::vestibule::{AccessTokenPolicy, AuthorityClaims};

use crate::application::Application;
use crate::browser::Page;
use crate::clients::Clients;
use crate::form::Form;

/// A provider that is installed, runs as processes of its own, and knows both applications.
pub(crate) trait Provider: Sized {
    /// What it is called, in reports and by its log.
    const NAME: &'static str;

    /// Whether it asks a user who logs out whether that is meant.
    const CONFIRMS_LOGOUT: bool;

    /// Whether a logout at one application ends the refresh tokens of a native one.
    const ENDS_NATIVE_LOGINS: bool;

    /// Where it was put.
    type Installation;

    /// Downloads what is not there yet; also returns the version.
    async fn install() -> Result<(Self::Installation, String)>;

    /// Starts it with no memory of an earlier run, on any port.
    async fn start(installation: Self::Installation, clients: Clients) -> Result<Self>;

    /// Ends it.
    async fn stop(&mut self) -> Result<()>;

    /// Starts it again at the same issuer.
    async fn start_again(&mut self) -> Result<()>;

    /// Makes it sign with new keys.
    async fn roll_keys(&mut self) -> Result<()>;

    fn issuer(&self) -> &Url;

    /// How its access tokens are told from others.
    fn access_tokens(&self) -> AccessTokenPolicy;

    /// In which claims it tells what a user of the probe may do.
    fn authority(&self) -> AuthorityClaims;

    /// What it calls `user` in a `sub`.
    fn subject_of<'a>(&'a self, user: &'a str) -> Result<&'a str>;

    /// Sets the lifetime of the access tokens that are issued from now on.
    async fn set_access_token_lifetime(&self, seconds: u32) -> Result<()>;

    /// The refreshes that it granted to `application` since its start.
    async fn refreshes(&self, application: &Application) -> Result<Vec<Refresh>>;

    /// What one of its pages asks, and the form with `user`'s answer.
    fn answer(&self, page: &Page, user: &str) -> Result<(Prompt, Form)>;
}

/// What a page of a provider asks its user for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Prompt {
    Login,
    Consent,
    Logout,
}

/// An access token that was renewed.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Refresh {
    /// Whether the refresh token that was presented was exchanged for another.
    pub(crate) rotated: bool,
}

/// The password of every user of every provider here.
pub(crate) const PASSWORD: &str = "correct horse battery staple";
