//! The applications that may ask the provider for logins.

mod application_type;
mod check;
mod error;
mod origin;
mod redirect_rule;

use std::time::Duration;

pub use self::application_type::ApplicationType;
pub use self::error::ApplicationError;
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
    pub(crate) api_scopes: Vec<String>,
    pub(crate) redirect_uris: Vec<String>,
    pub(crate) origins: Vec<String>,
    pub(crate) post_logout_redirect_uris: Vec<String>,
    pub(crate) backchannel_logout_uris: Vec<String>,
    pub(crate) access_token_lifetime: Duration,
    pub(crate) access_token_audience: Option<String>,
    pub(crate) device_flow: bool,
    pub(crate) id_token_lifetime: Duration,
    pub(crate) signing_algorithm: SigningAlgorithm,
    pub(crate) signed_userinfo: bool,
}

impl Application {
    /// A web application: it runs on a server and keeps a secret.
    ///
    /// # Defaults
    ///
    /// No redirect URI of any kind, no device flow, access tokens live 5 minutes, ID tokens 1 hour, ID tokens are signed
    /// with RS256, UserInfo answers are plain JSON, the audience of access tokens is the client id.
    pub fn web(client_id: impl Into<String>, secret: impl Into<Secret>) -> Self {
        Self::of_type(ApplicationType::Web, client_id.into()).secret(secret)
    }

    /// A native application: it runs on a user's machine, where no secret could be kept (RFC 8252 section 8.5).
    ///
    /// It sends its client id alone to the token and revocation endpoints, and must use PKCE, whatever
    /// [`require_pkce`](crate::DevIdpBuilder::require_pkce) says.
    ///
    /// ```
    /// use vestibule_dev_idp::Application;
    ///
    /// let cli = Application::native("acme-cli")
    ///     .redirect_uri("http://127.0.0.1/callback")
    ///     .redirect_uri("http://[::1]/callback")
    ///     .device_flow(true);
    /// # let _ = cli;
    /// ```
    ///
    /// # Defaults
    ///
    /// Those of [`web`](Self::web).
    pub fn native(client_id: impl Into<String>) -> Self {
        Self::of_type(ApplicationType::Native, client_id.into())
    }

    /// A service: a program that acts for itself, not for a user (RFC 6749 section 4.4). It has no redirect URI; the
    /// subject of its tokens is its client id.
    ///
    /// # Defaults
    ///
    /// Those of [`web`](Self::web).
    pub fn service(client_id: impl Into<String>, secret: impl Into<Secret>) -> Self {
        Self::of_type(ApplicationType::Service, client_id.into()).secret(secret)
    }

    /// A single-page application: it runs in the user's browser, where everybody can read it, so that no secret could be
    /// kept (RFC 10017).
    ///
    /// It sends its client id alone to the token and revocation endpoints, and must use PKCE, whatever
    /// [`require_pkce`](crate::DevIdpBuilder::require_pkce) says. Scripts from the origins of its redirect URIs, and from
    /// those that [`origin`](Self::origin) adds, may read the answers of discovery, JWKS, token, UserInfo and revocation
    /// endpoints (CORS); those of a token or revocation endpoint only where the call names this application, or none that
    /// is known.
    ///
    /// ```
    /// use vestibule_dev_idp::Application;
    ///
    /// let analytics = Application::spa("analytics")
    ///     .redirect_uri("http://127.0.0.1:3003/callback") // from http://127.0.0.1:3003 scripts may call
    ///     .post_logout_redirect_uri("http://127.0.0.1:3003/")
    ///     .origin("http://127.0.0.1:5173"); // and from here
    /// # let _ = analytics;
    /// ```
    ///
    /// # Defaults
    ///
    /// Those of [`web`](Self::web).
    pub fn spa(client_id: impl Into<String>) -> Self {
        Self::of_type(ApplicationType::Spa, client_id.into())
    }

    fn of_type(application_type: ApplicationType, client_id: String) -> Self {
        Self {
            client_id,
            application_type,
            secrets: Vec::new(),
            api_scopes: Vec::new(),
            redirect_uris: Vec::new(),
            origins: Vec::new(),
            post_logout_redirect_uris: Vec::new(),
            backchannel_logout_uris: Vec::new(),
            access_token_lifetime: Duration::from_secs(5 * 60),
            access_token_audience: None,
            device_flow: false,
            id_token_lifetime: Duration::from_secs(60 * 60),
            signing_algorithm: SigningAlgorithm::Rs256,
            signed_userinfo: false,
        }
    }

    /// A further active secret, for rotation. At most two may be active. Native and single-page applications have none.
    #[must_use]
    pub fn secret(mut self, secret: impl Into<Secret>) -> Self {
        self.secrets.push(secret.into());
        self
    }

    /// A callback to which codes may be sent. Compared as an exact string (OpenID Connect Core 3.1.2.1).
    ///
    /// A native application registers one of these:
    /// - `http://127.0.0.1/callback` or `http://[::1]/callback`, which stands for every port (RFC 8252 section 7.3); with a
    ///   port, for that one only. A path that ends in `/*` stands for every name in its place. `localhost` is refused.
    /// - A URI of a private-use scheme, whose name has a dot: `example.acme.cli:/callback` (section 7.1).
    /// - An `https` URI that the operating system hands to the application (section 7.2).
    ///
    /// A single-page application registers `https` URIs, and `http` ones of `localhost` or a loopback address. Its
    /// scripts may call the provider from their origins.
    #[must_use]
    pub fn redirect_uri(mut self, uri: impl Into<String>) -> Self {
        self.redirect_uris.push(uri.into());
        self
    }

    /// A further origin from which the scripts of a single-page application may call the provider, beside those of its
    /// redirect URIs: `https://app.acme.example`, as the browser writes it in `Origin`. Other applications have none.
    #[must_use]
    pub fn origin(mut self, origin: impl Into<String>) -> Self {
        self.origins.push(origin.into());
        self
    }

    /// An address to which the browser may be sent after logout. Compared as [`redirect_uri`](Self::redirect_uri) is.
    #[must_use]
    pub fn post_logout_redirect_uri(mut self, uri: impl Into<String>) -> Self {
        self.post_logout_redirect_uris.push(uri.into());
        self
    }

    /// An endpoint that is sent a logout token when a session ends in which this application took part. Native
    /// and single-page applications have none: they are not reached from outside.
    #[must_use]
    pub fn backchannel_logout_uri(mut self, uri: impl Into<String>) -> Self {
        self.backchannel_logout_uris.push(uri.into());
        self
    }

    /// A scope of an API that the application may ask for, beside those of OpenID Connect.
    #[must_use]
    pub fn api_scope(mut self, scope: impl Into<String>) -> Self {
        self.api_scopes.push(scope.into());
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

    /// Whether the application may use the device flow (RFC 8628). Default: false.
    #[must_use]
    pub fn device_flow(mut self, allowed: bool) -> Self {
        self.device_flow = allowed;
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

    /// Whether it is known by its client id alone, and must use PKCE.
    pub(crate) fn is_public(&self) -> bool {
        !self.application_type.keeps_secrets()
    }

    pub(crate) fn is_spa(&self) -> bool {
        self.application_type == ApplicationType::Spa
    }

    pub(crate) fn takes_codes_at(&self, uri: &str) -> bool {
        self.is_among(&self.redirect_uris, uri)
    }

    pub(crate) fn takes_logged_out_users_at(&self, uri: &str) -> bool {
        self.is_among(&self.post_logout_redirect_uris, uri)
    }

    pub(crate) fn has_api_scope(&self, scope: &str) -> bool {
        self.api_scopes.iter().any(|known| known == scope)
    }

    fn is_among(&self, registered: &[String], uri: &str) -> bool {
        registered.iter().any(|registered| redirect_rule::is_match(registered, uri, self.application_type))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_are_not_shown() {
        let shown = format!("{:?}", Application::web("app", "sesame"));
        assert!(shown.contains("app") && !shown.contains("sesame"));
    }
}
