use serde_json::{Map, Value};

use super::{AnyKind, Client, Confidential};
use crate::{ConfigError, Error, exchange::IntrospectToken};

impl<K: Confidential> Client<K> {
    /// The same client, for asking about tokens.
    pub(crate) fn as_introspector(&self) -> Client<AnyKind> {
        Client { registration: std::sync::Arc::clone(&self.registration), kind: std::marker::PhantomData }
    }
}

impl Client<AnyKind> {
    /// What the provider says of an access token that is active (RFC 7662).
    pub(crate) async fn introspect(&self, token: &str) -> Result<Map<String, Value>, Error> {
        let metadata = self.provider().metadata().await?;
        let endpoint = metadata.introspection_endpoint.as_ref().ok_or(ConfigError::NoEndpoint)?;
        let introspection = self.authenticated(&metadata, |authentication| IntrospectToken {
            endpoint,
            client_id: self.client_id(),
            authentication,
            token,
        });
        Ok(introspection.await?)
    }
}
