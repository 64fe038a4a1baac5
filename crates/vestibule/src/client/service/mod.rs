//! Clients that act for themselves.

mod client_credentials;
mod token_source;

pub use client_credentials::ClientCredentials;
pub use token_source::TokenSource;

use super::{Client, Service};
use crate::{Error, TokenResponse, exchange::RequestServiceToken};

impl Client<Service> {
    /// Gets an access token on the client's own behalf (RFC 6749 section 4.4). Each call asks the provider: programs that
    /// call an API again and again want [`token_source`](Self::token_source).
    ///
    /// # Errors
    /// - [`ConfigError::ClientId`](crate::ConfigError::ClientId) or
    ///   [`ConfigError::ClientSecret`](crate::ConfigError::ClientSecret) when these cannot be right; nothing was sent.
    /// - [`ServiceTokenError`](crate::ServiceTokenError), inside [`Error::Service`], and what
    ///   [`Provider::metadata`](crate::Provider::metadata) may fail with.
    pub async fn client_credentials(&self, wanted: &ClientCredentials) -> Result<TokenResponse, Error> {
        self.check_registration()?;
        let metadata = self.provider().metadata().await?;
        let tokens = self.authenticated(&metadata, |authentication| RequestServiceToken {
            endpoint: &metadata.token_endpoint,
            client_id: self.client_id(),
            authentication,
            wanted,
        });
        Ok(tokens.await?)
    }

    /// A source of access tokens for one API, to be kept as long as the program runs.
    ///
    /// ```
    /// # use vestibule::{ClientSecret, testing::TestProvider};
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let op = TestProvider::new("https://op.example")?;
    /// # let provider = op.provider();
    /// let nightly = provider.service("nightly", ClientSecret::new("from your configuration"));
    /// let tokens = nightly.token_source(["reports:read"]);
    ///
    /// // Before each call of the API. The provider is asked when the token is about to end.
    /// let token = tokens.token().await?;
    /// let header = format!("Bearer {}", token.expose());
    /// # let _ = header;
    /// # assert_eq!(tokens.token().await?, token);
    ///
    /// // When the API answered 401: once, with another token.
    /// let other = tokens.after_rejected(&token).await?;
    /// # assert_ne!(other, token);
    /// # Ok(())
    /// # }
    /// ```
    pub fn token_source(&self, wanted: impl Into<ClientCredentials>) -> TokenSource {
        TokenSource::new(self.clone(), wanted.into())
    }
}
