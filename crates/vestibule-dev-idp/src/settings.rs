//! What is fixed when the provider starts.

use std::time::Duration;

/// How a client may show who it is at the token and revocation endpoints (RFC 6749 section 2.3.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ClientAuthentication {
    /// `client_secret_basic`: in the `Authorization` header, both halves form-encoded.
    Basic,
    /// `client_secret_post`: in the form body.
    Post,
}

#[derive(Clone, Debug)]
pub(crate) struct Settings {
    /// From the weakest to the strongest.
    pub(crate) acr_values: Vec<String>,
    pub(crate) client_authentication: Vec<ClientAuthentication>,
    pub(crate) code_lifetime: Duration,
    pub(crate) device_code_lifetime: Duration,
    pub(crate) device_interval: Duration,
    pub(crate) id_token_on_refresh: bool,
    pub(crate) logout_tries: u32,
    pub(crate) logout_back_off: Duration,
    pub(crate) logout_timeout: Duration,
    pub(crate) redirect_before_delivery: bool,
    pub(crate) refresh_grace: Duration,
    pub(crate) require_pkce: bool,
    pub(crate) session_lifetime: Duration,
    pub(crate) typed_users: bool,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            acr_values: Vec::new(),
            client_authentication: vec![ClientAuthentication::Basic, ClientAuthentication::Post],
            code_lifetime: Duration::from_secs(10 * 60),
            device_code_lifetime: Duration::from_secs(10 * 60),
            device_interval: Duration::from_secs(5),
            id_token_on_refresh: true,
            logout_tries: 3,
            logout_back_off: Duration::from_millis(100),
            logout_timeout: Duration::from_secs(5),
            redirect_before_delivery: false,
            refresh_grace: Duration::ZERO,
            require_pkce: true,
            session_lifetime: Duration::from_secs(30 * 24 * 60 * 60),
            typed_users: true,
        }
    }
}

/// Whole seconds, as the store counts them.
pub(crate) fn seconds(duration: Duration) -> i64 {
    i64::try_from(duration.as_secs()).unwrap_or(i64::MAX)
}
