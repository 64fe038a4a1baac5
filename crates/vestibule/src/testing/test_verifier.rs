use std::sync::Arc;

use crate::{
    AccessGrant, AccessTokenPolicy, AuthorityClaims, AwsLc, ConfigError, IdToken, IdpInitiatedLogin, Issuer,
    KeySet, LogoutToken, Nonce, ProviderTime, TokenError, TokenPolicy, UserInfo, Verified,
    token::{
        AccessTokenRules, IdTokenRules, IdpInitiatedLoginRules, LogoutTokenRules, UserInfoRules, Verifier,
    },
};

/// The verifier alone, over keys and a time that are given: for tests, benchmarks and fuzzing of what it accepts.
#[derive(Clone, Debug)]
pub struct TestVerifier {
    issuer: Issuer,
    client_id: String,
    policy: TokenPolicy,
    keys: Arc<KeySet>,
    now: ProviderTime,
}

impl TestVerifier {
    /// A verifier of what `issuer` signs for `client_id`, with the default policy.
    ///
    /// # Errors
    /// As for [`Issuer::new`].
    pub fn new(
        issuer: &str,
        client_id: impl Into<String>,
        keys: KeySet,
        now: ProviderTime,
    ) -> Result<Self, ConfigError> {
        Ok(Self {
            issuer: Issuer::new(issuer)?,
            client_id: client_id.into(),
            policy: TokenPolicy::default(),
            keys: Arc::new(keys),
            now,
        })
    }

    /// The same with another policy.
    #[must_use]
    pub fn with_policy(self, policy: TokenPolicy) -> Self {
        Self { policy, ..self }
    }

    /// The same at another time.
    #[must_use]
    pub fn at(self, now: ProviderTime) -> Self {
        Self { now, ..self }
    }

    /// Verifies the ID token that ends a login with this nonce.
    ///
    /// # Errors
    /// As the client's own verification.
    pub async fn id_token(&self, raw: &str, nonce: &Nonce) -> Result<Verified<IdToken>, TokenError> {
        self.verifier().verify(raw, &IdTokenRules::login(nonce)).await
    }

    /// Verifies a logout token.
    ///
    /// # Errors
    /// As the client's own verification.
    pub async fn logout_token(&self, raw: &str) -> Result<Verified<LogoutToken>, TokenError> {
        self.verifier().verify(raw, &LogoutTokenRules).await
    }

    /// Verifies a token that asks for a login.
    ///
    /// # Errors
    /// As the client's own verification.
    pub async fn idp_initiated_login(&self, raw: &str) -> Result<Verified<IdpInitiatedLogin>, TokenError> {
        self.verifier().verify(raw, &IdpInitiatedLoginRules).await
    }

    /// Verifies a signed UserInfo answer about `subject`.
    ///
    /// # Errors
    /// As the client's own verification.
    pub async fn user_info(&self, raw: &str, subject: &str) -> Result<UserInfo, TokenError> {
        UserInfoRules::new(subject).read(&self.verifier(), true, raw.as_bytes()).await
    }

    /// Verifies an access token for an API with this identifier.
    ///
    /// # Errors
    /// As a resource server's own verification.
    pub async fn access_token(
        &self,
        raw: &str,
        audience: &str,
        policy: &AccessTokenPolicy,
    ) -> Result<Verified<AccessGrant>, TokenError> {
        let (audiences, authority) = ([audience.to_owned()], AuthorityClaims::default());
        let rules = AccessTokenRules { audiences: &audiences, policy, authority: &authority };
        Verifier { policy: &policy.jwt, ..self.verifier() }.verify(raw, &rules).await
    }

    fn verifier(&self) -> Verifier<'_, Arc<KeySet>> {
        Verifier {
            issuer: &self.issuer,
            client_id: &self.client_id,
            policy: &self.policy,
            keys: Arc::clone(&self.keys),
            signatures: &AwsLc,
            now: self.now,
        }
    }
}
