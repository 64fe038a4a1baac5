use std::{
    fmt,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

#[cfg(not(target_arch = "wasm32"))]
use super::PrivateKey;
use crate::{ClientSecret, ConfigError, Error, Provider, ProviderMetadata, exchange::Authentication};

/// How a client proves itself to its provider (OpenID Connect Core section 9): a [`ClientSecret`], a `PrivateKey`, or two
/// secrets while one replaces the other.
///
/// ```
/// use vestibule::{ClientSecret, Credential, Provider};
///
/// # fn main() -> Result<(), vestibule::ConfigError> {
/// let provider = Provider::new("https://acme.example")?;
/// // While the secret is being replaced, no restart is timed: whichever of the two the provider accepts is used.
/// let secrets = Credential::secrets(ClientSecret::new("the new one"), ClientSecret::new("the old one"));
/// let dashboard = provider.web_app("dashboard", secrets);
/// # let _ = dashboard; Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Credential(Proof);

#[derive(Clone)]
enum Proof {
    Secrets {
        secrets: Arc<Secrets>,
        in_body: bool,
    },
    #[cfg(not(target_arch = "wasm32"))]
    Key(PrivateKey),
    Nothing,
}

struct Secrets {
    primary: ClientSecret,
    fallback: Option<ClientSecret>,
    /// Which of them the provider accepted last.
    fallback_is_in_use: AtomicBool,
}

impl Credential {
    /// Two secrets that may both be active. The one that worked last is sent. If the provider answers `invalid_client`,
    /// and only then, the same request is sent once more with the other one: that answer says that the grant was not even
    /// looked at (RFC 6749 section 5.2), so that no code or refresh token is spent twice.
    pub fn secrets(primary: ClientSecret, fallback: ClientSecret) -> Self {
        Self::of_secrets(primary, Some(fallback))
    }

    /// What a public client has (RFC 6749 section 2.1): no application can give this where a proof is asked for.
    pub(crate) fn nothing() -> Self {
        Self(Proof::Nothing)
    }

    fn of_secrets(primary: ClientSecret, fallback: Option<ClientSecret>) -> Self {
        let secrets = Secrets { primary, fallback, fallback_is_in_use: AtomicBool::new(false) };
        Self(Proof::Secrets { secrets: Arc::new(secrets), in_body: false })
    }

    /// Only secrets have a place to choose.
    pub(super) fn in_body(self) -> Self {
        match self.0 {
            Proof::Secrets { secrets, .. } => Self(Proof::Secrets { secrets, in_body: true }),
            other => Self(other),
        }
    }

    pub(super) fn check(&self) -> Result<(), ConfigError> {
        match &self.0 {
            Proof::Secrets { secrets, .. } => secrets.check(),
            #[cfg(not(target_arch = "wasm32"))]
            Proof::Key(_) => Ok(()),
            Proof::Nothing => Ok(()),
        }
    }

    /// The proof for one request. An assertion is made anew each time.
    pub(super) fn authentication<'a>(
        &'a self,
        client_id: &str,
        provider: &Provider,
        metadata: &ProviderMetadata,
    ) -> Result<Authentication<'a>, Error> {
        #[cfg(target_arch = "wasm32")]
        let _ = (client_id, provider);
        match &self.0 {
            Proof::Secrets { secrets, in_body: true } => Ok(Authentication::Post(secrets.current())),
            Proof::Secrets { secrets, in_body: false } => {
                Ok(Authentication::with_secret(secrets.current(), metadata)?)
            }
            #[cfg(not(target_arch = "wasm32"))]
            Proof::Key(key) => {
                Authentication::check_assertion(key.algorithm(), metadata)?;
                let (issuer, now) = (provider.issuer(), provider.clock().now());
                Ok(Authentication::Assertion(key.assertion(client_id, issuer, &**provider.random(), now)?))
            }
            Proof::Nothing => Ok(Authentication::Public),
        }
    }

    /// The provider did not accept what [`authentication`](Self::authentication) gave: whether there is something else
    /// now.
    pub(super) fn after_refusal(&self, refused: &Authentication<'_>) -> bool {
        match (&self.0, refused.secret()) {
            (Proof::Secrets { secrets, .. }, Some(refused)) => secrets.switch_from(refused),
            _ => false,
        }
    }
}

impl Secrets {
    fn current(&self) -> &ClientSecret {
        match &self.fallback {
            Some(fallback) if self.fallback_is_in_use.load(Ordering::Relaxed) => fallback,
            _ => &self.primary,
        }
    }

    /// Goes over to the other secret, unless there is none.
    fn switch_from(&self, refused: &ClientSecret) -> bool {
        let Some(fallback) = &self.fallback else { return false };
        self.fallback_is_in_use.store(refused != fallback, Ordering::Relaxed);
        true
    }

    fn check(&self) -> Result<(), ConfigError> {
        let is_there = |secret: &ClientSecret| !secret.expose().is_empty();
        let are_there = is_there(&self.primary) && self.fallback.as_ref().is_none_or(is_there);
        if are_there { Ok(()) } else { Err(ConfigError::ClientSecret) }
    }
}

impl From<ClientSecret> for Credential {
    fn from(secret: ClientSecret) -> Self {
        Self::of_secrets(secret, None)
    }
}

#[cfg(not(target_arch = "wasm32"))]
impl From<PrivateKey> for Credential {
    fn from(key: PrivateKey) -> Self {
        Self(Proof::Key(key))
    }
}

impl fmt::Debug for Credential {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Proof::Secrets { .. } => f.write_str("Credential(redacted secret)"),
            #[cfg(not(target_arch = "wasm32"))]
            Proof::Key(key) => f.debug_tuple("Credential").field(key).finish(),
            Proof::Nothing => f.write_str("Credential(none)"),
        }
    }
}
