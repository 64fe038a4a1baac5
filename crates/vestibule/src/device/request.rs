use crate::{ConfigError, ProviderMetadata, login::Scopes};

/// What to ask of the provider at a login on another device (RFC 8628 section 3.1).
///
/// ```
/// use vestibule::DeviceRequest;
///
/// let request = DeviceRequest::new().scopes(["profile", "email"]).refresh_token();
/// # let _ = request;
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[must_use]
pub struct DeviceRequest {
    scopes: Scopes,
    extra: Vec<(String, String)>,
}

/// Parameters that have their own setting or that nobody may set (checklist C25).
const RESERVED: [&str; 10] = [
    "client_assertion",
    "client_assertion_type",
    "client_id",
    "client_secret",
    "code_challenge",
    "code_challenge_method",
    "device_code",
    "grant_type",
    "nonce",
    "scope",
];

impl DeviceRequest {
    /// A request for `openid` alone.
    pub fn new() -> Self {
        Self::default()
    }

    /// As [`AuthorizationRequest::scopes`](crate::AuthorizationRequest::scopes).
    pub fn scopes<S: AsRef<str>>(mut self, scopes: impl IntoIterator<Item = S>) -> Self {
        self.scopes.set(scopes);
        self
    }

    /// As [`AuthorizationRequest::refresh_token`](crate::AuthorizationRequest::refresh_token).
    pub fn refresh_token(mut self) -> Self {
        self.scopes.want_refresh_token();
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
        self.extra.retain(|(known, _)| *known != name);
        self.extra.push((name, value.into()));
        Ok(self)
    }

    pub(crate) fn scope(&self, metadata: &ProviderMetadata) -> String {
        self.scopes.at(metadata)
    }

    pub(crate) fn extra(&self) -> &[(String, String)] {
        &self.extra
    }
}
