//! A login with `openidconnect`, as applications write it that use a session crate without OpenID Connect.

use anyhow::{Context as _, Result, ensure};
use openidconnect::{
    AuthorizationCode, ClientId, ClientSecret, CsrfToken, EndpointMaybeSet, EndpointNotSet, EndpointSet,
    IssuerUrl, Nonce, PkceCodeChallenge, PkceCodeVerifier, RedirectUrl, Scope, TokenResponse as _,
    core::{CoreAuthenticationFlow, CoreClient, CoreProviderMetadata},
    reqwest,
};
use serde::{Deserialize, Serialize};

use crate::Task;

/// The client.
#[derive(Clone, Debug)]
pub struct Login {
    client: Client,
    http: reqwest::Client,
}

type Client = CoreClient<
    EndpointSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointMaybeSet,
    EndpointMaybeSet,
>;

/// What the session remembers until the browser comes back.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Attempt {
    state: CsrfToken,
    nonce: Nonce,
    verifier: String,
}

/// What the provider sends the browser back with.
#[derive(Clone, Debug, Deserialize)]
pub struct Answer {
    code: String,
    state: String,
}

/// Who signed in.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct User {
    /// The provider's name for the user.
    pub subject: String,
    /// As people call the user.
    pub name: Option<String>,
    /// Where mail reaches the user.
    pub email: Option<String>,
}

impl Login {
    /// Asks the provider for its metadata and keys.
    ///
    /// # Errors
    /// When it cannot be had.
    pub async fn discover(task: &Task) -> Result<Self> {
        let http = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build()?;
        let issuer = IssuerUrl::new(task.issuer.clone())?;
        let metadata = CoreProviderMetadata::discover_async(issuer, &http).await?;
        let secret = ClientSecret::new(task.client_secret.clone());
        let client =
            CoreClient::from_provider_metadata(metadata, ClientId::new(task.client_id.clone()), Some(secret))
                .set_redirect_uri(RedirectUrl::new(task.redirect_uri())?);
        Ok(Self { client, http })
    }

    /// Where to send the browser, and what to remember.
    pub fn start(&self) -> (String, Attempt) {
        let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
        let flow = CoreAuthenticationFlow::AuthorizationCode;
        let (url, state, nonce) = self
            .client
            .authorize_url(flow, CsrfToken::new_random, Nonce::new_random)
            .add_scope(Scope::new("profile".to_owned()))
            .add_scope(Scope::new("email".to_owned()))
            .set_pkce_challenge(challenge)
            .url();
        (url.into(), Attempt { state, nonce, verifier: verifier.into_secret() })
    }

    /// Exchanges the code, and verifies the ID token.
    ///
    /// # Errors
    /// When the provider refuses, or the answer is not for this attempt.
    pub async fn finish(&self, attempt: &Attempt, answer: &Answer) -> Result<User> {
        ensure!(answer.state == *attempt.state.secret(), "the state is not that of this browser");
        let tokens = self
            .client
            .exchange_code(AuthorizationCode::new(answer.code.clone()))?
            .set_pkce_verifier(PkceCodeVerifier::new(attempt.verifier.clone()))
            .request_async(&self.http)
            .await?;
        let id_token = tokens.id_token().context("no ID token")?;
        let claims = id_token.claims(&self.client.id_token_verifier(), &attempt.nonce)?;
        Ok(User {
            subject: claims.subject().to_string(),
            name: claims.name().and_then(|name| name.get(None)).map(|name| name.to_string()),
            email: claims.email().map(|email| email.to_string()),
        })
    }
}
