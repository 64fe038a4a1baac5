use std::sync::Arc;

use vestibule::ResourceServer;

use super::{Api, Inner, logouts::Logouts, metadata::Metadata};
use crate::{ConfigError, RelyingParty};

/// Settings of an [`Api`].
///
/// # Defaults
/// No scopes are published, services may call as users do, and tokens live until they expire.
#[derive(Debug)]
#[must_use]
pub struct ApiBuilder {
    resource_server: ResourceServer,
    url: String,
    scopes: Vec<String>,
    users_only: bool,
    logouts: Vec<Logouts>,
}

impl ApiBuilder {
    pub(super) fn new(resource_server: ResourceServer, url: String) -> Self {
        Self { resource_server, url, scopes: Vec::new(), users_only: false, logouts: Vec::new() }
    }

    /// The scopes that clients may ask the provider for, as the metadata says (`scopes_supported`, RFC 9728 section 2).
    pub fn scopes(mut self, scopes: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.scopes.extend(scopes.into_iter().map(Into::into));
        self
    }

    /// Refuses tokens of services, which act for no user, with 403 `rs.subject_kind` (RFC 9700 section 4.15, checklist G11).
    /// Default: accepted; [`AccessGrant::is_service`](vestibule::AccessGrant::is_service) tells them.
    pub fn users_only(mut self) -> Self {
        self.users_only = true;
        self
    }

    /// Refuses the tokens of users who have logged out, with 401 `rs.revoked` (checklist G13): every accepted token of the
    /// relying party's issuer is held against the logouts that it has heard of, by `sid` and `sub`. That is one or two
    /// reads of its store a request; when the store does not answer, neither does the API (503).
    ///
    /// A token is taken to be as old as its `iat` says, and older by the clock skew of the policy: a logout is never missed
    /// as long as the clocks of provider and API agree within that. In exchange, a user who logs in again within that time
    /// after a logout that names no `sid` needs another token. A store that has lost its memory refuses tokens from
    /// before. Services have no session and are not looked for.
    pub fn revocable_by(mut self, relying_party: &RelyingParty) -> Self {
        self.logouts.push(Logouts::of(relying_party));
        self
    }

    /// Makes the API.
    ///
    /// # Errors
    /// - [`ConfigError::ApiUrl`] when the URL is no plain https URL (or http on a loopback host).
    /// - [`ConfigError::Revocable`] when no token of the relying party's issuer is accepted here.
    /// - [`ConfigError::NoLogouts`] when tokens are to be [revocable](Self::revocable_by) by a relying party with sealed
    ///   sessions that hears of no logouts.
    pub fn build(self) -> Result<Api, ConfigError> {
        if !self.logouts.iter().all(|logouts| logouts.concern(&self.resource_server)) {
            return Err(ConfigError::Revocable);
        }
        if !self.logouts.iter().all(Logouts::are_remembered) {
            return Err(ConfigError::NoLogouts);
        }
        let metadata = Metadata::new(&self.url, &self.resource_server, &self.scopes)?;
        let (resource_server, users_only, logouts) = (self.resource_server, self.users_only, self.logouts);
        Ok(Api(Arc::new(Inner { resource_server, metadata, users_only, logouts })))
    }
}

#[cfg(test)]
mod tests {
    use vestibule::{ClientSecret, testing::TestProvider};

    use super::*;
    use crate::{CookieKeys, MemoryStore};

    #[test]
    fn g13_a_relying_party_that_remembers_no_logouts_cannot_be_asked() {
        let tested = TestProvider::new("https://op.example").unwrap();
        let provider = tested.provider();
        let keys = || CookieKeys::generate(provider.random().as_ref()).unwrap();
        let builder =
            || RelyingParty::builder(provider.web_app("app", ClientSecret::new("s")), "https://app.example");
        let api = |relying_party: Result<RelyingParty, ConfigError>| {
            let resource_server = provider.resource_server("https://api.example").build().unwrap();
            let builder = Api::builder(resource_server, "https://api.example");
            builder.revocable_by(&relying_party.unwrap()).build().map(drop)
        };
        let sealed = || builder().sealed_sessions(keys());
        assert_eq!(api(sealed().build()), Err(ConfigError::NoLogouts));
        assert_eq!(api(sealed().backchannel_logout(MemoryStore::new()).build()), Ok(()));
        assert_eq!(api(builder().stored_sessions(MemoryStore::new(), keys()).build()), Ok(()));
    }
}
