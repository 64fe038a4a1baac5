//! A registration at a provider, and what it may do according to its kind.

#[cfg(not(target_arch = "wasm32"))]
mod assertion;
mod authenticated;
mod credential;
mod device;
mod end_session;
mod introspection;
mod kind;
mod login;
mod logout;
#[cfg(not(target_arch = "wasm32"))]
mod private_key;
mod service;
mod tokens;

use std::{fmt, marker::PhantomData, sync::Arc};

pub use credential::Credential;
pub use end_session::EndSession;
pub use kind::{AnyKind, ClientKind, CodeFlow, Confidential, Native, Service, Spa, WebApp};
#[cfg(not(target_arch = "wasm32"))]
pub use private_key::PrivateKey;
pub use service::{ClientCredentials, TokenSource};
pub use tokens::Refreshed;

use crate::{
    ConfigError, Error, Provider, ProviderMetadata, TokenPolicy, exchange::Authentication, keys::KeySource,
    token::Verifier,
};

/// A client registered at one provider. Its kind says what it is and what it may do.
///
/// Clones share everything; a client is cheap to pass around.
pub struct Client<K: ClientKind> {
    registration: Arc<Registration>,
    kind: PhantomData<fn() -> K>,
}

#[derive(Clone)]
struct Registration {
    provider: Provider,
    client_id: String,
    credential: Credential,
    policy: TokenPolicy,
}

impl<K: ClientKind> Client<K> {
    pub(crate) fn registered(provider: Provider, client_id: String, credential: Credential) -> Self {
        Self::new(Registration { provider, client_id, credential, policy: TokenPolicy::default() })
    }

    fn new(registration: Registration) -> Self {
        Self { registration: Arc::new(registration), kind: PhantomData }
    }

    /// What this client demands of tokens. Default: RS256, one minute of clock skew, no foreign audience.
    #[must_use]
    pub fn with_policy(self, policy: TokenPolicy) -> Self {
        Self::new(Registration { policy, ..Arc::unwrap_or_clone(self.registration) })
    }

    /// The provider that this client is registered at.
    pub fn provider(&self) -> &Provider {
        &self.registration.provider
    }

    /// The client id.
    pub fn client_id(&self) -> &str {
        &self.registration.client_id
    }

    /// What this client demands of tokens.
    pub fn policy(&self) -> &TokenPolicy {
        &self.registration.policy
    }

    fn check_registration(&self) -> Result<(), ConfigError> {
        let client_id = self.client_id();
        if client_id.is_empty() || !client_id.bytes().all(|byte| matches!(byte, b' '..=b'~')) {
            return Err(ConfigError::ClientId);
        }
        self.registration.credential.check()
    }

    fn verifier(&self) -> Verifier<'_, impl KeySource> {
        let provider = self.provider();
        Verifier {
            issuer: provider.issuer(),
            client_id: self.client_id(),
            policy: self.policy(),
            keys: provider.keys(),
            signatures: provider.signatures(),
            now: provider.clock().now(),
        }
    }

    fn authentication(&self, metadata: &ProviderMetadata) -> Result<Authentication<'_>, Error> {
        self.registration.credential.authentication(self.client_id(), self.provider(), metadata)
    }
}

impl<K: Confidential> Client<K> {
    /// Sends the secret in the form body (`client_secret_post`), whatever the provider's metadata says: for providers
    /// that document no other way and list none. Default: Basic where the metadata offers it or is silent, else the body
    /// (RFC 6749 section 2.3.1). A client with a private key sends no secret, and is not changed.
    #[must_use]
    pub fn with_secret_in_body(self) -> Self {
        let mut registration = Arc::unwrap_or_clone(self.registration);
        registration.credential = registration.credential.in_body();
        Self::new(registration)
    }
}

impl<K: CodeFlow> Client<K> {
    /// The same client without its kind, for code that serves every kind alike.
    pub fn erase(self) -> Client<AnyKind> {
        Client { registration: self.registration, kind: PhantomData }
    }
}

impl<K: ClientKind> Clone for Client<K> {
    fn clone(&self) -> Self {
        Self { registration: Arc::clone(&self.registration), kind: PhantomData }
    }
}

impl<K: ClientKind> fmt::Debug for Client<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client")
            .field("issuer", self.provider().issuer())
            .field("client_id", &self.registration.client_id)
            .finish_non_exhaustive()
    }
}
