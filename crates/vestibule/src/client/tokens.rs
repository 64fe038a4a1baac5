use super::Client;
use crate::{
    AccessToken, CodeFlow, ConfigError, Diagnose, Disposition, Error, IdToken, Identity, RefreshError,
    RefreshToken, RevocableToken, TokenResponse, UserInfo, Verified,
    exchange::{ExchangeRefreshToken, FetchUserInfo, RevokeToken},
    token::{IdTokenRules, UserInfoRules},
};

/// What a refresh brought.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Refreshed {
    /// The new tokens. Without a new refresh token the old one stays in use.
    pub tokens: TokenResponse,
    /// The refreshed ID token, verified, when the provider sent one that could be checked.
    pub id_token: Option<Verified<IdToken>>,
}

impl<K: CodeFlow> Client<K> {
    /// Gets new tokens for the session that `previous` stands for (RFC 6749 section 6).
    ///
    /// The request is sent once. Providers that rotate refresh tokens take a second use for theft: see to it that one
    /// token is never sent twice at the same time, and store what comes back before it is used.
    ///
    /// A refreshed ID token must continue the same login (OpenID Connect Core section 12.2). When it cannot be *checked*
    /// for now, because the provider's keys are out of reach, the tokens are kept without it.
    ///
    /// ```
    /// # use vestibule::{AuthorizationRequest, Callback, ClientSecret, Diagnose, Disposition, RedirectUri, testing::TestProvider};
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let op = TestProvider::new("https://op.example")?;
    /// # let client = op.provider().web_app("dashboard", ClientSecret::new("s"));
    /// # let redirect_uri = RedirectUri::new("https://app.example/auth/callback")?;
    /// # let start = client.begin_login(&AuthorizationRequest::new(redirect_uri)).await?;
    /// # let callback = Callback::parse(&op.log_in(&start))?;
    /// # let login = client.complete_login(start.pending, &callback).await?;
    /// # let refresh_token = login.tokens.refresh_token.as_ref().ok_or("none")?;
    /// match client.refresh(refresh_token, login.id_token.identity()).await {
    ///     Ok(refreshed) => println!("new tokens until {:?}", refreshed.tokens.expires_at),
    ///     Err(error) if error.disposition() == Disposition::Gone => println!("the session is over"),
    ///     Err(error) => println!("the session lives on: {error}"),
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`RefreshError`]; only its `Gone` errors end the session. Tokens of another issuer's session are not sent:
    /// [`ConfigError::ForeignSession`], inside [`RefreshFailure::NotSent`](crate::RefreshFailure::NotSent).
    pub async fn refresh(
        &self,
        refresh_token: &RefreshToken,
        previous: &Identity,
    ) -> Result<Refreshed, RefreshError> {
        self.check_session(previous).map_err(RefreshError::not_sent)?;
        let metadata = self.provider().metadata().await.map_err(RefreshError::not_sent)?;
        let tokens = self
            .authenticated(&metadata, |authentication| ExchangeRefreshToken {
                metadata: &metadata,
                client_id: self.client_id(),
                authentication,
                refresh_token,
            })
            .await?;
        let Some(raw) = &tokens.id_token else { return Ok(Refreshed { tokens, id_token: None }) };
        let rules = IdTokenRules::refresh(previous).access_token(&tokens.access_token);
        match self.verifier().verify(raw.expose(), &rules).await {
            Ok(id_token) => Ok(Refreshed { tokens, id_token: Some(id_token) }),
            Err(error)
                if error.disposition() == Disposition::Retry || error.code() == "jwt.key_not_found" =>
            {
                let code = error.code();
                tracing::warn!(
                    event = "refresh.id_token_left_out",
                    code,
                    "a refreshed ID token could not be checked and was left out"
                );
                Ok(Refreshed { tokens: TokenResponse { id_token: None, ..tokens }, id_token: None })
            }
            Err(error) => Err(RefreshError::IdentityChanged(error)),
        }
    }

    /// Reads claims about the user who logged in (OpenID Connect Core section 5.3).
    ///
    /// ```
    /// # use vestibule::{AuthorizationRequest, Callback, ClientSecret, RedirectUri, testing::TestProvider};
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let op = TestProvider::new("https://op.example")?;
    /// # let client = op.provider().web_app("dashboard", ClientSecret::new("s"));
    /// # let redirect_uri = RedirectUri::new("https://app.example/auth/callback")?;
    /// # let start = client.begin_login(&AuthorizationRequest::new(redirect_uri)).await?;
    /// # let callback = Callback::parse(&op.log_in(&start))?;
    /// # let login = client.complete_login(start.pending, &callback).await?;
    /// let user = client.user_info(&login.tokens.access_token, login.id_token.identity()).await?;
    /// assert_eq!(user.claim("name"), Some(&"Alice".into()));
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// - [`ConfigError::NoEndpoint`] when the provider has no such endpoint.
    /// - [`ConfigError::ForeignSession`] for a user of another provider; nothing was sent.
    /// - [`UserInfoError`](crate::UserInfoError), inside [`Error::UserInfo`] or [`Error::Token`], for an answer that is a
    ///   refusal, breaks a rule, or is about somebody else.
    pub async fn user_info(&self, access_token: &AccessToken, user: &Identity) -> Result<UserInfo, Error> {
        self.check_session(user)?;
        let metadata = self.provider().metadata().await?;
        let endpoint = metadata.userinfo_endpoint.as_ref().ok_or(ConfigError::NoEndpoint)?;
        let answer = self.provider().exchange(FetchUserInfo { endpoint, access_token }).await?;
        let rules = UserInfoRules::new(user.subject());
        Ok(rules.read(&self.verifier(), answer.signed, &answer.body).await?)
    }

    /// Tells the provider that a token is no longer needed (RFC 7009). Does nothing when the provider has no such
    /// endpoint. A token that the provider does not know, or a kind that it cannot revoke, is no error.
    ///
    /// ```
    /// # use vestibule::{ClientSecret, RefreshToken, RevocableToken, testing::TestProvider};
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let client = TestProvider::new("https://op.example")?.provider().web_app("dashboard", ClientSecret::new("s"));
    /// # let refresh_token = RefreshToken::new("from the session");
    /// if let Err(error) = client.revoke(RevocableToken::Refresh(&refresh_token)).await {
    ///     eprintln!("the token lives until it expires: {error}");
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`RevocationError`](crate::RevocationError), inside [`Error::Revocation`], or what kept the request from being
    /// made. Never a reason to keep a user logged in.
    pub async fn revoke(&self, token: RevocableToken<'_>) -> Result<(), Error> {
        let metadata = self.provider().metadata().await?;
        let Some(endpoint) = &metadata.revocation_endpoint else { return Ok(()) };
        let revocation = self.authenticated(&metadata, |authentication| RevokeToken {
            endpoint,
            client_id: self.client_id(),
            authentication,
            token,
        });
        Ok(revocation.await?)
    }

    /// Tokens are sent to no other provider than the one they came from.
    fn check_session(&self, user: &Identity) -> Result<(), ConfigError> {
        let is_ours = self.provider().issuer().keeps_users_of(user.issuer());
        if is_ours { Ok(()) } else { Err(ConfigError::ForeignSession) }
    }
}
