use url::Url;

use super::{Client, EndSession};
use crate::{CodeFlow, Error, LogoutToken, Verified, token::LogoutTokenRules};

impl<K: CodeFlow> Client<K> {
    /// Verifies a back-channel logout token (OpenID Connect Back-Channel Logout section 2.6).
    ///
    /// Whether it is a replay is for the caller to decide, together with what it ends.
    ///
    /// ```
    /// # use vestibule::{ClientSecret, testing::TestProvider};
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let op = TestProvider::new("https://op.example")?;
    /// # let client = op.provider().web_app("dashboard", ClientSecret::new("s"));
    /// # let raw = op.logout_token("dashboard");
    /// let logout = client.verify_logout_token(&raw).await?;
    /// println!("end the sessions with sid {:?} or of {:?}", logout.sid(), logout.subject());
    /// # assert_eq!(logout.sid(), Some("sid-1"));
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`Error::Token`]. No network is used unless issuer, form and algorithm are right and the key is unknown.
    pub async fn verify_logout_token(&self, raw: &str) -> Result<Verified<LogoutToken>, Error> {
        Ok(self.verifier().verify(raw, &LogoutTokenRules).await?)
    }

    /// Where to send the browser to log out at the provider too (RP-Initiated Logout section 2). End the session here
    /// first: whether the browser gets there is not in your hands.
    ///
    /// ```
    /// # use vestibule::{ClientSecret, EndSession, RawIdToken, RedirectUri, testing::TestProvider};
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let client = TestProvider::new("https://op.example")?.provider().web_app("dashboard", ClientSecret::new("s"));
    /// # let id_token = RawIdToken::new("from the session");
    /// let end = EndSession::new()
    ///     .id_token_hint(id_token)
    ///     .return_to(RedirectUri::new("https://app.example/auth/logged-out")?, None);
    /// let url = client.end_session_url(&end).await?;
    /// assert!(url.as_str().starts_with("https://op.example/logout?id_token_hint="));
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`ConfigError::NoEndpoint`](crate::ConfigError::NoEndpoint) when the provider has none; what
    /// [`Provider::metadata`](crate::Provider::metadata) may fail with while its metadata is unknown.
    pub async fn end_session_url(&self, end: &EndSession) -> Result<Url, Error> {
        let metadata = self.provider().metadata().await?;
        Ok(end.url(&metadata, self.client_id())?)
    }
}
