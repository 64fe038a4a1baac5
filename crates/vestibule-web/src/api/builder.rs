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
    pub fn build(self) -> Result<Api, ConfigError> {
        if !self.logouts.iter().all(|logouts| logouts.concern(&self.resource_server)) {
            return Err(ConfigError::Revocable);
        }
        let metadata = Metadata::new(&self.url, &self.resource_server, &self.scopes)?;
        let (resource_server, users_only, logouts) = (self.resource_server, self.users_only, self.logouts);
        Ok(Api(Arc::new(Inner { resource_server, metadata, users_only, logouts })))
    }
}
