use std::time::Duration;

use vestibule::{AuthorityClaims, ResourceServer};

use super::RelyingPartyBuilder;
use crate::{
    engine::BoxError,
    settings::{LoginAttempt, LoginVerdict},
};

/// What the application says about its users.
impl<S> RelyingPartyBuilder<S> {
    /// Looks at every login before a session is made: to provision the user, or to refuse them.
    ///
    /// An error answers 503 and makes no session. A user who is signed in and logs in once more, because a page needs a
    /// stronger or a newer login, is shown too; the session's data then stays what it was.
    pub fn on_login<F, Fut, E>(mut self, on_login: F) -> Self
    where
        F: Fn(LoginAttempt) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<LoginVerdict, E>> + Send + 'static,
        E: Into<BoxError>,
    {
        self.application.on_login = Some(Box::new(move |attempt| {
            let verdict = on_login(attempt);
            Box::pin(async move { verdict.await.map_err(Into::into) })
        }));
        self
    }

    /// How long [`on_login`](Self::on_login) may take. After that the answer is 503, no session is made, and its future is
    /// dropped. Default: 30 seconds.
    pub fn on_login_within(mut self, patience: Duration) -> Self {
        self.application.patience = patience;
        self
    }

    /// How many bytes of JSON the application may keep as the data of one session. Default: 64 KiB.
    pub fn data_limit(mut self, bytes: usize) -> Self {
        self.application.data_limit = bytes;
        self
    }

    /// How many bytes a form may have that a handler takes as `CheckedForm`. Default: 256 KiB.
    pub fn form_limit(mut self, bytes: usize) -> Self {
        self.application.form_limit = bytes;
        self
    }

    /// In which claims of the ID token the provider tells what a user may do. Default: [`AuthorityClaims::default`].
    ///
    /// Scopes are those that the token endpoint granted, wherever these claims put them.
    pub fn authority(mut self, claims: AuthorityClaims) -> Self {
        self.authority.id_token = claims;
        self
    }

    /// Takes roles, permissions, scopes and organizations from the access token instead of the ID token, as verified by
    /// `access_tokens` at login and at each refresh: for providers that tell them there alone. A change of them takes
    /// effect with the next refresh.
    ///
    /// A login whose access token is refused fails. A refresh whose access token is refused leaves a session that may do
    /// nothing; one that cannot be verified for now changes nothing.
    ///
    /// ```
    /// # use vestibule::{AccessTokenPolicy, AuthorityClaims, ConfigError, Provider};
    /// # use vestibule_web::{RelyingPartyBuilder, NoSessions};
    /// # fn f(provider: Provider, rp: RelyingPartyBuilder<NoSessions>) -> Result<(), ConfigError> {
    /// // Scalekit: the access token is for the client itself, and sets no `typ`.
    /// let access_tokens = provider
    ///     .resource_server("skc_12345")
    ///     .policy(AccessTokenPolicy::untyped())
    ///     .authority(AuthorityClaims::scalekit())
    ///     .build()?;
    /// let rp = rp.authority_from_access_tokens(access_tokens);
    /// # let _ = rp; Ok(())
    /// # }
    /// ```
    pub fn authority_from_access_tokens(mut self, access_tokens: ResourceServer) -> Self {
        self.authority.access_tokens = Some(access_tokens);
        self
    }
}
