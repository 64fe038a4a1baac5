use super::{Client, ClientKind};
use crate::{
    Error, IntrospectionError, ProviderMetadata, RefreshError, RevocationError, ServiceTokenError,
    TokenEndpointError,
    exchange::{Authentication, Exchange},
};

/// Why a request that carries the client's proof brought nothing.
pub(super) enum Unsuccessful<E> {
    /// There was no proof to send.
    NotSent(Error),
    /// It was sent.
    Failed(E),
}

/// An error that can mean that the provider did not accept the client, and looked at nothing else.
pub(super) trait RefusesClient {
    /// Whether it is `invalid_client` (RFC 6749 section 5.2).
    fn refuses_client(&self) -> bool;
}

impl<K: ClientKind> Client<K> {
    /// Sends a request with this client's proof; once more if the provider refuses the proof and there is another.
    pub(super) async fn authenticated<'a, E>(
        &'a self,
        metadata: &ProviderMetadata,
        exchange: impl Fn(Authentication<'a>) -> E,
    ) -> Result<E::Answer, Unsuccessful<E::Error>>
    where
        E: Exchange,
        E::Error: RefusesClient,
    {
        let proof = self.authentication(metadata).map_err(Unsuccessful::NotSent)?;
        let sent = proof.clone();
        match self.provider().exchange(exchange(proof)).await {
            Err(error) if error.refuses_client() && self.registration.credential.after_refusal(&sent) => {
                tracing::info!(
                    event = "client.secret_refused",
                    client_id = self.client_id(),
                    "the provider refused one of two client secrets"
                );
                let proof = self.authentication(metadata).map_err(Unsuccessful::NotSent)?;
                self.provider().exchange(exchange(proof)).await
            }
            outcome => outcome,
        }
        .map_err(Unsuccessful::Failed)
    }
}

impl<E: Into<Self>> From<Unsuccessful<E>> for Error {
    fn from(error: Unsuccessful<E>) -> Self {
        match error {
            Unsuccessful::NotSent(error) => error,
            Unsuccessful::Failed(error) => error.into(),
        }
    }
}

impl From<Unsuccessful<Self>> for RefreshError {
    fn from(error: Unsuccessful<Self>) -> Self {
        match error {
            Unsuccessful::NotSent(error) => Self::not_sent(error),
            Unsuccessful::Failed(error) => error,
        }
    }
}

impl RefusesClient for TokenEndpointError {
    fn refuses_client(&self) -> bool {
        matches!(self, Self::Refused(refusal) if refusal.error() == INVALID_CLIENT)
    }
}

impl RefusesClient for RefreshError {
    fn refuses_client(&self) -> bool {
        matches!(self, Self::Client(refusal) if refusal.error() == INVALID_CLIENT)
    }
}

impl RefusesClient for RevocationError {
    fn refuses_client(&self) -> bool {
        matches!(self, Self::Refused(Some(refusal)) if refusal.error() == INVALID_CLIENT)
    }
}

impl RefusesClient for IntrospectionError {
    fn refuses_client(&self) -> bool {
        matches!(self, Self::Refused(Some(refusal)) if refusal.error() == INVALID_CLIENT)
    }
}

impl RefusesClient for ServiceTokenError {
    fn refuses_client(&self) -> bool {
        matches!(self, Self::Refused(refusal) if refusal.error() == INVALID_CLIENT)
    }
}

const INVALID_CLIENT: &str = "invalid_client";
