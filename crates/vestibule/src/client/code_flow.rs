use url::Url;

use super::{Client, EndSession};
use crate::{
    AccessToken, AuthorizationRequest, Callback, CallbackError, CodeFlow, ConfigError, Diagnose, Disposition,
    Error, IdToken, Identity, Login, LoginStart, LogoutToken, PendingLogin, ProviderMetadata, RefreshError,
    RefreshToken, RevocableToken, RevocationError, TokenResponse, UserInfo, Verified,
    exchange::{ExchangeCode, ExchangeRefreshToken, FetchUserInfo, RevokeToken},
    token::{IdTokenRules, LogoutTokenRules, UserInfoRules},
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
    /// Starts a login: where to send the browser, and what to keep until it comes back.
    ///
    /// # Errors
    /// When the client id or its secret cannot be right ([`ConfigError::ClientId`], [`ConfigError::ClientSecret`]), the
    /// provider's metadata is not to be had, or it offers PKCE without S256 ([`ConfigError::Pkce`]).
    pub async fn begin_login(&self, request: &AuthorizationRequest) -> Result<LoginStart, Error> {
        self.check_registration()?;
        let metadata = self.provider().metadata().await?;
        let pkce_methods = metadata.code_challenge_methods.as_ref();
        if pkce_methods.is_some_and(|methods| methods.iter().all(|method| method != "S256")) {
            return Err(ConfigError::Pkce.into());
        }
        let random = self.provider().random().as_ref();
        let pending = PendingLogin::new(request, self.provider().issuer(), self.client_id(), random)?;
        Ok(LoginStart { url: request.url(&metadata, self.client_id(), &pending), pending })
    }

    /// Ends a login: judges the answer, exchanges the code, and verifies the ID token against this very attempt.
    ///
    /// # Errors
    /// [`Error::Callback`] when the answer is wrong; nothing was sent then. [`Error::TokenEndpoint`] or
    /// [`Error::Token`] afterwards. In every case this attempt is over.
    pub async fn complete_login(&self, pending: PendingLogin, callback: &Callback) -> Result<Login, Error> {
        let issuer = self.provider().issuer();
        if pending.issuer != issuer.as_str() || pending.client_id != self.client_id() {
            return Err(CallbackError::ProviderMismatch.into());
        }
        pending.recognise(callback)?;
        let metadata = self.provider().metadata().await?;
        let code = callback.code(metadata.authorization_response_iss)?;
        let tokens = self
            .provider()
            .exchange(ExchangeCode {
                metadata: &metadata,
                client_id: self.client_id(),
                authentication: self.authentication(&metadata)?,
                code: &code,
                redirect_uri: &pending.redirect_uri,
                verifier: &pending.verifier,
            })
            .await?;
        let rules = IdTokenRules::login(&pending.nonce)
            .max_age(pending.max_age)
            .required_acr(&pending.required_acr)
            .access_token(&tokens.access_token)
            .code(&code);
        let raw = tokens.id_token.as_ref().ok_or(crate::TokenEndpointError::InvalidResponse("id_token"))?;
        let id_token = self.verifier().verify(raw.expose(), &rules).await?;
        Ok(Login { id_token, tokens })
    }

    /// Gets new tokens for the session that `previous` stands for.
    ///
    /// The request is sent once. A refreshed ID token must continue the same login (Core section 12.2). When it cannot
    /// be *checked* for now, because the provider's keys are out of reach, the tokens are kept without it.
    ///
    /// # Errors
    /// [`RefreshError`]; only its `Gone` errors end the session.
    pub async fn refresh(
        &self,
        refresh_token: &RefreshToken,
        previous: &Identity,
    ) -> Result<Refreshed, RefreshError> {
        self.check_session(previous).map_err(RefreshError::not_sent)?;
        let metadata = self.provider().metadata().await.map_err(RefreshError::not_sent)?;
        let tokens = self
            .provider()
            .exchange(ExchangeRefreshToken {
                metadata: &metadata,
                client_id: self.client_id(),
                authentication: self.authentication(&metadata).map_err(RefreshError::not_sent)?,
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
                tracing::warn!(
                    code = error.code(),
                    "a refreshed ID token could not be checked and was left out"
                );
                Ok(Refreshed { tokens: TokenResponse { id_token: None, ..tokens }, id_token: None })
            }
            Err(error) => Err(RefreshError::IdentityChanged(error)),
        }
    }

    /// Verifies a back-channel logout token (OpenID Connect Back-Channel Logout section 2.6).
    ///
    /// Whether it is a replay is for the caller to decide, together with what it ends.
    ///
    /// # Errors
    /// [`Error::Token`]; no network is used unless issuer, shape and algorithm are right and the key is unknown.
    pub async fn verify_logout_token(&self, raw: &str) -> Result<Verified<LogoutToken>, Error> {
        Ok(self.verifier().verify(raw, &LogoutTokenRules).await?)
    }

    /// Reads claims about the user who logged in (Core section 5.3).
    ///
    /// # Errors
    /// [`ConfigError::NoEndpoint`] without such an endpoint; [`ConfigError::ForeignSession`] for a user of another
    /// provider, before anything is sent; [`UserInfoError`](crate::UserInfoError), inside [`Error::UserInfo`] or
    /// [`Error::Token`], for an answer that is refused or about somebody else.
    pub async fn user_info(&self, access_token: &AccessToken, user: &Identity) -> Result<UserInfo, Error> {
        self.check_session(user)?;
        let metadata = self.provider().metadata().await?;
        let endpoint = metadata.userinfo_endpoint.as_ref().ok_or(ConfigError::NoEndpoint)?;
        let answer = self.provider().exchange(FetchUserInfo { endpoint, access_token }).await?;
        let rules = UserInfoRules::new(user.subject());
        Ok(rules.read(&self.verifier(), answer.signed, &answer.body).await?)
    }

    /// Tells the provider that a token is no longer needed (RFC 7009). Does nothing when the provider has no such
    /// endpoint.
    ///
    /// # Errors
    /// [`RevocationError`], inside [`Error::Revocation`]; never a reason to keep a user logged in.
    pub async fn revoke(&self, token: RevocableToken<'_>) -> Result<(), Error> {
        let metadata = self.provider().metadata().await?;
        let Some(endpoint) = &metadata.revocation_endpoint else { return Ok(()) };
        let revoked: Result<(), RevocationError> = self
            .provider()
            .exchange(RevokeToken {
                endpoint,
                client_id: self.client_id(),
                authentication: self.authentication(&metadata)?,
                token,
            })
            .await;
        Ok(revoked?)
    }

    /// Where to send the browser to log out at the provider too (RP-Initiated Logout section 2).
    ///
    /// # Errors
    /// [`ConfigError::NoEndpoint`] when the provider has none; transport errors while its metadata is unknown.
    pub async fn end_session_url(&self, end: &EndSession) -> Result<Url, Error> {
        let metadata: std::sync::Arc<ProviderMetadata> = self.provider().metadata().await?;
        Ok(end.url(&metadata, self.client_id())?)
    }

    /// Tokens are sent to no other provider than the one they came from.
    fn check_session(&self, user: &Identity) -> Result<(), ConfigError> {
        let is_ours = user.issuer() == self.provider().issuer().as_str();
        if is_ours { Ok(()) } else { Err(ConfigError::ForeignSession) }
    }
}
