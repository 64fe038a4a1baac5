use crate::ConfigError;

/// What a service asks an access token for (RFC 6749 section 4.4.2).
///
/// ```
/// use vestibule::ClientCredentials;
///
/// # fn main() -> Result<(), vestibule::ConfigError> {
/// let wanted = ClientCredentials::new()
///     .scopes(["reports:read"])
///     .resource("https://api.acme.example")
///     .parameter("audience", "https://api.acme.example")?;
/// # let _ = wanted; Ok(())
/// # }
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[must_use]
pub struct ClientCredentials(Vec<(String, String)>);

/// Parameters that have their own setting or that nobody may set (checklist C25).
const RESERVED: [&str; 11] = [
    "client_assertion",
    "client_assertion_type",
    "client_id",
    "client_secret",
    "code",
    "code_verifier",
    "grant_type",
    "redirect_uri",
    "refresh_token",
    "resource",
    "scope",
];

impl ClientCredentials {
    /// Whatever the provider grants this client by default.
    pub fn new() -> Self {
        Self::default()
    }

    /// The scopes, one by one or separated by spaces. Default: none are sent.
    pub fn scopes<S: AsRef<str>>(mut self, scopes: impl IntoIterator<Item = S>) -> Self {
        let mut words = Vec::new();
        for scopes in scopes {
            words.extend(scopes.as_ref().split_ascii_whitespace().map(str::to_owned));
        }
        self.0.retain(|(name, _)| name != "scope");
        if !words.is_empty() {
            self.0.push(("scope".to_owned(), words.join(" ")));
        }
        self
    }

    /// An API that the token is for, by its absolute URI (RFC 8707 section 2). May be given more than once.
    pub fn resource(mut self, uri: impl Into<String>) -> Self {
        self.0.push(("resource".to_owned(), uri.into()));
        self
    }

    /// A parameter that has no setting of its own here, such as Auth0's `audience`.
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
        self.0.retain(|(known, _)| *known != name);
        self.0.push((name, value.into()));
        Ok(self)
    }

    pub(crate) fn parameters(&self) -> &[(String, String)] {
        &self.0
    }
}

impl<S: AsRef<str>, const N: usize> From<[S; N]> for ClientCredentials {
    /// These scopes.
    fn from(scopes: [S; N]) -> Self {
        Self::new().scopes(scopes)
    }
}
