//! The applications that may ask the provider for logins.

use std::time::Duration;

use url::Url;

use crate::error::ApplicationError;
use crate::secret::Secret;
use crate::signing_algorithm::SigningAlgorithm;

/// An application registered at the provider.
///
/// ```
/// use std::time::Duration;
/// use vestibule_dev_idp::Application;
///
/// let dashboard = Application::web("dashboard", "dashboard-secret")
///     .redirect_uri("http://127.0.0.1:3000/auth/callback")
///     .post_logout_redirect_uri("http://127.0.0.1:3000/auth/logged-out")
///     .backchannel_logout_uri("http://127.0.0.1:3000/auth/backchannel-logout")
///     .access_token_lifetime(Duration::from_secs(60));
/// # let _ = dashboard;
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Application {
    pub(crate) client_id: String,
    pub(crate) application_type: ApplicationType,
    pub(crate) secrets: Vec<Secret>,
    pub(crate) redirect_uris: Vec<String>,
    pub(crate) post_logout_redirect_uris: Vec<String>,
    pub(crate) backchannel_logout_uris: Vec<String>,
    pub(crate) access_token_lifetime: Duration,
    pub(crate) access_token_audience: Option<String>,
    pub(crate) id_token_lifetime: Duration,
    pub(crate) signing_algorithm: SigningAlgorithm,
    pub(crate) signed_userinfo: bool,
}

impl Application {
    /// A web application: it runs on a server and keeps a secret.
    ///
    /// # Defaults
    ///
    /// No redirect URI of any kind, access tokens live 5 minutes, ID tokens 1 hour, ID tokens are signed with RS256,
    /// UserInfo answers are plain JSON, the audience of access tokens is the client id.
    pub fn web(client_id: impl Into<String>, secret: impl Into<Secret>) -> Self {
        Self {
            client_id: client_id.into(),
            application_type: ApplicationType::Web,
            secrets: vec![secret.into()],
            redirect_uris: Vec::new(),
            post_logout_redirect_uris: Vec::new(),
            backchannel_logout_uris: Vec::new(),
            access_token_lifetime: Duration::from_secs(5 * 60),
            access_token_audience: None,
            id_token_lifetime: Duration::from_secs(60 * 60),
            signing_algorithm: SigningAlgorithm::Rs256,
            signed_userinfo: false,
        }
    }

    /// A further active secret, for rotation. At most two may be active.
    #[must_use]
    pub fn secret(mut self, secret: impl Into<Secret>) -> Self {
        self.secrets.push(secret.into());
        self
    }

    /// A callback to which codes may be sent. Compared as an exact string (OpenID Connect Core 3.1.2.1).
    #[must_use]
    pub fn redirect_uri(mut self, uri: impl Into<String>) -> Self {
        self.redirect_uris.push(uri.into());
        self
    }

    /// An address to which the browser may be sent after logout. Compared as an exact string.
    #[must_use]
    pub fn post_logout_redirect_uri(mut self, uri: impl Into<String>) -> Self {
        self.post_logout_redirect_uris.push(uri.into());
        self
    }

    /// An endpoint that is sent a logout token when a session ends in which this application took part.
    #[must_use]
    pub fn backchannel_logout_uri(mut self, uri: impl Into<String>) -> Self {
        self.backchannel_logout_uris.push(uri.into());
        self
    }

    /// How long access tokens live. Whole seconds count. Default: 5 minutes.
    #[must_use]
    pub fn access_token_lifetime(mut self, lifetime: Duration) -> Self {
        self.access_token_lifetime = lifetime;
        self
    }

    /// The `aud` of access tokens. Default: the client id.
    #[must_use]
    pub fn access_token_audience(mut self, audience: impl Into<String>) -> Self {
        self.access_token_audience = Some(audience.into());
        self
    }

    /// How long ID tokens live. Whole seconds count. Default: 1 hour.
    #[must_use]
    pub fn id_token_lifetime(mut self, lifetime: Duration) -> Self {
        self.id_token_lifetime = lifetime;
        self
    }

    /// What ID tokens, logout tokens and signed UserInfo answers are signed with. Default: RS256.
    #[must_use]
    pub fn signing_algorithm(mut self, algorithm: SigningAlgorithm) -> Self {
        self.signing_algorithm = algorithm;
        self
    }

    /// Answers UserInfo with a signed JWT instead of plain JSON (OpenID Connect Core 5.3.2). Default: false.
    #[must_use]
    pub fn signed_userinfo(mut self, signed: bool) -> Self {
        self.signed_userinfo = signed;
        self
    }

    /// The `client_id`.
    pub fn client_id(&self) -> &str {
        &self.client_id
    }

    /// What kind of application this is.
    pub fn application_type(&self) -> ApplicationType {
        self.application_type
    }

    pub(crate) fn audience(&self) -> &str {
        self.access_token_audience.as_deref().unwrap_or(&self.client_id)
    }

    pub(crate) fn check(&self) -> Result<(), ApplicationError> {
        let client_id = || self.client_id.clone();
        if self.client_id.is_empty() {
            return Err(ApplicationError::NoClientId);
        }
        if self.secrets.iter().any(|secret| secret.expose().is_empty()) {
            return Err(ApplicationError::EmptySecret { client_id: client_id() });
        }
        if self.secrets.len() > MOST_SECRETS {
            return Err(ApplicationError::TooManySecrets {
                client_id: client_id(),
                count: self.secrets.len(),
            });
        }
        for uri in self.redirect_uris.iter().chain(&self.post_logout_redirect_uris) {
            let absolute = Url::parse(uri).is_ok_and(|url| url.has_host() && url.fragment().is_none());
            if !absolute {
                return Err(ApplicationError::RedirectUri { client_id: client_id(), uri: uri.clone() });
            }
        }
        for uri in &self.backchannel_logout_uris {
            let plain = Url::parse(uri)
                .is_ok_and(|url| url.scheme() == "http" && url.has_host() && url.fragment().is_none());
            if !plain {
                return Err(ApplicationError::BackchannelLogoutUri {
                    client_id: client_id(),
                    uri: uri.clone(),
                });
            }
        }
        Ok(())
    }
}

/// The kind of an application, which fixes its rules.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ApplicationType {
    /// Runs on a server, keeps a secret, may be told of logouts by back-channel.
    Web,
}

const MOST_SECRETS: usize = 2;

#[cfg(test)]
mod tests {
    use super::*;

    fn code(application: &Application) -> &'static str {
        application.check().unwrap_err().code()
    }

    #[test]
    fn secrets_are_not_shown() {
        let shown = format!("{:?}", Application::web("app", "sesame"));
        assert!(shown.contains("app") && !shown.contains("sesame"));
    }

    #[test]
    fn registration_is_strict() {
        let good = Application::web("app", "one").redirect_uri("http://127.0.0.1:1/cb");
        good.check().unwrap();
        good.clone().secret("two").check().unwrap();
        assert_eq!(code(&good.clone().secret("two").secret("three")), "application.too_many_secrets");
        assert_eq!(code(&good.clone().secret("")), "application.empty_secret");
        assert_eq!(code(&Application::web("", "one")), "application.no_client_id");
        assert_eq!(code(&good.clone().redirect_uri("/relative")), "application.redirect_uri");
        assert_eq!(code(&good.clone().redirect_uri("http://h/cb#part")), "application.redirect_uri");
        assert_eq!(code(&good.clone().post_logout_redirect_uri("nowhere")), "application.redirect_uri");
        assert_eq!(code(&good.backchannel_logout_uri("https://h/out")), "application.backchannel_logout_uri");
    }
}
