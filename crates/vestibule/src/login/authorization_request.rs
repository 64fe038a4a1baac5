use std::time::Duration;

use url::Url;

use super::{PendingLogin, Prompt, RedirectUri, Scopes, challenge};
use crate::{ConfigError, ProviderMetadata};

/// What to ask of the provider at login (OpenID Connect Core section 3.1.2.1).
///
/// `response_type`, `state`, `nonce` and PKCE are not here: they are always sent and nobody can set them.
///
/// ```
/// use vestibule::{AuthorizationRequest, Prompt, RedirectUri};
///
/// # fn main() -> Result<(), vestibule::ConfigError> {
/// let request = AuthorizationRequest::new(RedirectUri::new("https://app.acme.example/auth/callback")?)
///     .scopes(["profile", "email"])
///     .prompt(Prompt::SelectAccount)
///     .organization_id("org_42");
/// # let _ = request; Ok(())
/// # }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use]
pub struct AuthorizationRequest {
    redirect_uri: RedirectUri,
    scopes: Scopes,
    form_post: bool,
    max_age: Option<Duration>,
    required_acr: Vec<String>,
    parameters: Vec<(&'static str, String)>,
    extra: Vec<(String, String)>,
}

/// Parameters that have their own setting or that nobody may set (checklist C25).
const RESERVED: [&str; 27] = [
    "acr_values",
    "client_assertion",
    "client_assertion_type",
    "client_id",
    "client_secret",
    "code",
    "code_challenge",
    "code_challenge_method",
    "code_verifier",
    "connection_id",
    "domain",
    "domain_hint",
    "id_token_hint",
    "login_hint",
    "max_age",
    "nonce",
    "organization_id",
    "prompt",
    "provider",
    "redirect_uri",
    "request",
    "request_uri",
    "response_mode",
    "response_type",
    "scope",
    "state",
    "ui_locales",
];

impl AuthorizationRequest {
    /// A request for `openid` alone.
    pub fn new(redirect_uri: RedirectUri) -> Self {
        Self {
            redirect_uri,
            scopes: Scopes::default(),
            form_post: false,
            max_age: None,
            required_acr: Vec::new(),
            parameters: Vec::new(),
            extra: Vec::new(),
        }
    }

    /// Scopes beside `openid`, one by one or separated by spaces. `offline_access` is left out at providers that list
    /// their scopes without it. Default: none.
    pub fn scopes<S: AsRef<str>>(mut self, scopes: impl IntoIterator<Item = S>) -> Self {
        self.scopes.set(scopes);
        self
    }

    /// Asks for a refresh token the way this provider wants it: with the scope `offline_access`, or without at those that
    /// list their scopes without it, and at Keycloak.
    ///
    /// Keycloak gives every login a refresh token. What `offline_access` changes there is that the user's session goes on
    /// the side: single sign-on and an administrator's logout no longer reach it. Name the scope in
    /// [`scopes`](Self::scopes) to have that all the same.
    pub fn refresh_token(mut self) -> Self {
        self.scopes.want_refresh_token();
        self
    }

    /// How the provider should treat the user.
    pub fn prompt(self, prompt: Prompt) -> Self {
        self.set("prompt", prompt.as_str())
    }

    /// Asks for the answer as a form that the browser posts to the redirect URI, so that no code is in a URL (OAuth 2.0
    /// Form Post Response Mode). Read it with [`Callback::parse_form`](crate::Callback::parse_form). The browser sends
    /// `SameSite=Lax` cookies with no such post. Default: the answer is the query of the redirect URI.
    pub fn form_post(mut self) -> Self {
        self.form_post = true;
        self.set("response_mode", "form_post")
    }

    /// Whether the answer is to come as a form.
    pub fn is_form_post(&self) -> bool {
        self.form_post
    }

    /// How long ago the user may have entered credentials. The answer is held to it.
    pub fn max_age(mut self, max_age: Duration) -> Self {
        self.max_age = Some(max_age);
        self.set("max_age", max_age.as_secs().to_string())
    }

    /// Authentication contexts of which the provider must meet one. The answer is held to it.
    pub fn require_acr<S: Into<String>>(mut self, values: impl IntoIterator<Item = S>) -> Self {
        self.required_acr = values.into_iter().map(Into::into).collect();
        let joined = self.required_acr.join(" ");
        if joined.is_empty() { self } else { self.set("acr_values", joined) }
    }

    /// Who is probably logging in, such as an e-mail address.
    pub fn login_hint(self, hint: impl Into<String>) -> Self {
        self.set("login_hint", hint)
    }

    /// Languages for the provider's pages, best first, separated by spaces (BCP 47).
    pub fn ui_locales(self, locales: impl Into<String>) -> Self {
        self.set("ui_locales", locales)
    }

    /// The organization to log in to (Scalekit, Auth0-like providers).
    pub fn organization_id(self, id: impl Into<String>) -> Self {
        self.set("organization_id", id)
    }

    /// The connection to log in through (Scalekit).
    pub fn connection_id(self, id: impl Into<String>) -> Self {
        self.set("connection_id", id)
    }

    /// The social login to go to at once, such as `google` (Scalekit).
    pub fn social_provider(self, name: impl Into<String>) -> Self {
        self.set("provider", name)
    }

    /// The e-mail domain whose connection to use. Sent as `domain_hint` and `domain`: providers differ in the name.
    pub fn domain_hint(self, domain: impl Into<String>) -> Self {
        let domain = domain.into();
        self.set("domain_hint", domain.clone()).set("domain", domain)
    }

    /// A parameter that has no setting of its own here.
    ///
    /// # Errors
    /// [`ConfigError::ReservedParameter`] when it would repeat or override one of the protocol's own.
    pub fn parameter(
        mut self,
        name: impl Into<String>,
        value: impl Into<String>,
    ) -> Result<Self, ConfigError> {
        let name = name.into();
        if RESERVED.contains(&name.as_str()) || name.is_empty() {
            return Err(ConfigError::ReservedParameter);
        }
        self.extra.retain(|(known, _)| *known != name);
        self.extra.push((name, value.into()));
        Ok(self)
    }

    /// Every scope that is asked for by name, `openid` first.
    pub fn asked_scopes(&self) -> impl Iterator<Item = &str> {
        self.scopes.asked()
    }

    pub(crate) fn redirect_uri(&self) -> &RedirectUri {
        &self.redirect_uri
    }

    /// How long ago the user may have entered credentials, where that was set.
    pub fn required_max_age(&self) -> Option<Duration> {
        self.max_age
    }

    pub(crate) fn required_acr(&self) -> &[String] {
        &self.required_acr
    }

    /// The URL to send the browser to. The endpoint's own query stays (RFC 6749 section 3.1).
    pub(crate) fn url(&self, metadata: &ProviderMetadata, client_id: &str, pending: &PendingLogin) -> Url {
        let mut url = metadata.authorization_endpoint.clone();
        let mut query = url.query_pairs_mut();
        query
            .append_pair("response_type", "code")
            .append_pair("client_id", client_id)
            .append_pair("redirect_uri", self.redirect_uri.as_str())
            .append_pair("scope", &self.scopes.at(metadata))
            .append_pair("state", pending.state.expose())
            .append_pair("nonce", pending.nonce.expose())
            .append_pair("code_challenge", &challenge(&pending.verifier))
            .append_pair("code_challenge_method", "S256");
        query.extend_pairs(&self.parameters).extend_pairs(&self.extra);
        drop(query);
        url
    }

    fn set(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.parameters.retain(|(known, _)| *known != name);
        self.parameters.push((name, value.into()));
        self
    }
}
