use super::Client;
use crate::{
    AuthorizationRequest, Callback, CallbackError, CodeFlow, ConfigError, Error, IdpInitiatedLogin, Login,
    LoginStart, PendingLogin, TokenEndpointError, Verified,
    exchange::ExchangeCode,
    token::{IdTokenRules, IdpInitiatedLoginRules},
};

impl<K: CodeFlow> Client<K> {
    /// Starts a login: where to send the browser, and what to keep until it comes back (OpenID Connect Core section
    /// 3.1.2.1). `state`, `nonce` and PKCE are made here, anew for each attempt.
    ///
    /// ```
    /// # use vestibule::{AuthorizationRequest, ClientSecret, RedirectUri, testing::TestProvider};
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let client = TestProvider::new("https://op.example")?.provider().web_app("dashboard", ClientSecret::new("s"));
    /// let redirect_uri = RedirectUri::new("https://app.example/auth/callback")?;
    /// let request = AuthorizationRequest::new(redirect_uri).scopes(["profile", "offline_access"]);
    /// let start = client.begin_login(&request).await?;
    ///
    /// // Redirect to this URL with status 303, and seal these bytes into a cookie of this browser.
    /// assert!(start.url.as_str().starts_with("https://op.example/authorize?response_type=code&"));
    /// let secret = start.pending.to_bytes();
    /// # let _ = secret;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// - [`ConfigError::ClientId`] or [`ConfigError::ClientSecret`] when these cannot be right; nothing was sent.
    /// - [`ConfigError::Pkce`] when the provider lists PKCE methods, and S256 is not among them.
    /// - What [`Provider::metadata`](crate::Provider::metadata) may fail with, and [`Error::Random`].
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

    /// Ends a login: judges the answer, exchanges the code, and verifies the ID token against this very attempt
    /// (OpenID Connect Core sections 3.1.2.7 to 3.1.3.7).
    ///
    /// The code is sent once. The attempt is used up, whatever comes of it: find the attempt by
    /// [`Callback::state`] first, so that a forged answer uses up none.
    ///
    /// ```
    /// # use vestibule::{AuthorizationRequest, Callback, ClientSecret, PendingLogin, RedirectUri, testing::TestProvider};
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let op = TestProvider::new("https://op.example")?;
    /// # let client = op.provider().web_app("dashboard", ClientSecret::new("s"));
    /// # let redirect_uri = RedirectUri::new("https://app.example/auth/callback")?;
    /// # let start = client.begin_login(&AuthorizationRequest::new(redirect_uri)).await?;
    /// # let query = op.log_in(&start);
    /// # let kept = start.pending.to_bytes();
    /// let pending = PendingLogin::from_bytes(&kept).ok_or("not one of ours")?;
    /// let callback = Callback::parse(&query)?;
    /// let login = client.complete_login(pending, &callback).await?;
    /// println!("hello {}", login.id_token.subject());
    /// # assert_eq!(login.id_token.subject(), "alice");
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// - [`Error::Callback`] when the answer is wrong or a refusal. No code was sent; for an answer that is not to this
    ///   attempt, nothing was.
    /// - [`Error::TokenEndpoint`] when the code was not exchanged, and [`ConfigError::ClientAuthentication`] when it could
    ///   not be.
    /// - [`Error::Token`] when the ID token breaks a rule, or cannot be checked for now.
    pub async fn complete_login(&self, pending: PendingLogin, callback: &Callback) -> Result<Login, Error> {
        let issuer = self.provider().issuer();
        if pending.issuer != issuer.as_str() || pending.client_id != self.client_id() {
            return Err(CallbackError::ProviderMismatch.into());
        }
        pending.recognises(callback)?;
        let metadata = self.provider().metadata().await?;
        let code = callback.code(metadata.authorization_response_iss)?;
        let tokens = self
            .authenticated(&metadata, |authentication| ExchangeCode {
                metadata: &metadata,
                client_id: self.client_id(),
                authentication,
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
        let raw = tokens.id_token.as_ref().ok_or(TokenEndpointError::InvalidResponse("id_token"))?;
        let id_token = self.verifier().verify(raw.expose(), &rules).await?;
        Ok(Login { id_token, tokens })
    }

    /// Verifies Scalekit's request to start a login: the parameter `idp_initiated_login` at the address for initiated
    /// logins.
    ///
    /// It proves nothing about who is at the browser, and anybody may send one on to somebody else. Start a login of your
    /// own with what it says, once: whether it is a replay is for the caller to decide.
    ///
    /// ```
    /// # use vestibule::{AuthorizationRequest, ClientSecret, RedirectUri, testing::TestProvider};
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let op = TestProvider::new("https://acme.scalekit.com")?;
    /// # let client = op.provider().web_app("skc_1", ClientSecret::new("s"));
    /// # let raw = op.idp_initiated_login();
    /// let asked = client.verify_idp_initiated_login(&raw).await?;
    /// let mut request = AuthorizationRequest::new(RedirectUri::new("https://app.example/auth/callback")?)
    ///     .connection_id(asked.connection_id())
    ///     .organization_id(asked.organization_id());
    /// if let Some(hint) = asked.login_hint() {
    ///     request = request.login_hint(hint);
    /// }
    /// let start = client.begin_login(&request).await?;
    /// # assert!(start.url.as_str().contains("&connection_id=conn_1&"));
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`Error::Token`]. No network is used unless issuer, form and algorithm are right and the key is unknown.
    pub async fn verify_idp_initiated_login(&self, raw: &str) -> Result<Verified<IdpInitiatedLogin>, Error> {
        Ok(self.verifier().verify(raw, &IdpInitiatedLoginRules).await?)
    }
}
