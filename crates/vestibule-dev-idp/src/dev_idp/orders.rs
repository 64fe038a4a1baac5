//! Tokens to order.

use std::sync::Arc;

use serde_json::Value;

use super::DevIdp;
use crate::application::Application;
use crate::error::SigningError;
use crate::jwt::{self, Jwt, Signer, TokenDraft};
use crate::keys;
use crate::logout::{self, Deliveries, Notice};
use crate::messages::{access_token, id_token, logout_token};
use crate::random;
use crate::signing_algorithm::SigningAlgorithm;

/// Tokens to order.
impl DevIdp {
    /// A logout token for an application. It names user and session of the latest session in which the application
    /// takes part, if there is one. An application that is not registered counts as one with the defaults.
    pub fn logout_token(&self, client_id: &str) -> TokenDraft {
        let (application, subject, sid) = self.latest(client_id);
        let jwt = logout_token::draft(&self.provider, &application, subject.as_deref(), sid.as_deref());
        TokenDraft::new(&self.provider, jwt)
    }

    /// An ID token for an application, without `nonce` and `at_hash`. About the same user as
    /// [`logout_token`](Self::logout_token), or about `usr_nobody`.
    pub fn id_token(&self, client_id: &str) -> TokenDraft {
        let (application, subject, sid) = self.latest(client_id);
        let subject = subject.unwrap_or_else(|| NOBODY.to_owned());
        let jwt = id_token::draft(&self.provider, &application, &subject, sid.as_deref());
        TokenDraft::new(&self.provider, jwt)
    }

    /// An access token for an application. About the same user as [`logout_token`](Self::logout_token), or about
    /// `usr_nobody`. UserInfo does not know it.
    pub fn access_token(&self, client_id: &str) -> TokenDraft {
        let (application, subject, sid) = self.latest(client_id);
        let subject = subject.unwrap_or_else(|| NOBODY.to_owned());
        let now = self.provider.clock.unix();
        let mut jwt = access_token::draft(&self.provider, &application, &subject, now, &random::name("tkn_"));
        if let Some(sid) = sid {
            jwt.set("sid", sid);
        }
        TokenDraft::new(&self.provider, jwt)
    }

    /// Signs whatever header and claims with the provider's own key for the `alg` of the header, RS256 where it has
    /// none. The `kid` of that key is added unless the header has one; null leaves it out.
    pub fn sign(&self, header: Value, claims: Value) -> Result<String, SigningError> {
        let header = access_token::members(header);
        let algorithm = match header.get("alg").and_then(Value::as_str) {
            Some(name) => SigningAlgorithm::named(name)
                .ok_or_else(|| SigningError::Algorithm { algorithm: name.to_owned() })?,
            None => SigningAlgorithm::Rs256,
        };
        let mut jwt = Jwt::new(algorithm, None, access_token::members(claims));
        jwt.header.extend(header);
        jwt.signer = Signer::Provider(algorithm);
        jwt.compact(&self.provider.environment().keys)
    }

    /// Signs exactly these bytes as header and payload, whatever they are, with the provider's own key for
    /// `algorithm`.
    pub fn sign_bytes(
        &self,
        header: impl AsRef<[u8]>,
        payload: impl AsRef<[u8]>,
        algorithm: SigningAlgorithm,
    ) -> Result<String, SigningError> {
        let signer = Signer::Provider(algorithm);
        jwt::compact(&self.provider.environment().keys, &signer, header.as_ref(), payload.as_ref())
    }

    /// The `kid` of the key that the provider signs with.
    pub fn key_id(&self, algorithm: SigningAlgorithm) -> String {
        self.provider.environment().keys.current().key(algorithm).kid().to_owned()
    }

    /// The published key set, as `/jwks` answers when nothing misbehaves.
    pub fn jwks(&self) -> Value {
        self.provider.environment().keys.published()
    }

    /// The public half of the keys that [`TokenDraft::foreign_key`] and [`JwtFault::ForeignKey`](crate::JwtFault) sign
    /// with, as a key set. Nobody publishes it.
    pub fn foreign_jwks(&self) -> Result<Value, SigningError> {
        Ok(keys::published([&*self.provider.environment().keys.foreign()?]))
    }

    /// Sends a logout token, good or bad, to every back-channel logout URI of an application, once.
    pub fn send_logout_token(&self, client_id: &str, token: &str) -> Deliveries {
        let uris = self
            .provider
            .environment()
            .applications
            .get(client_id)
            .map(|application| application.backchannel_logout_uris.clone())
            .unwrap_or_default();
        let notices = uris
            .into_iter()
            .map(|uri| Notice {
                client_id: client_id.to_owned(),
                uri,
                token: token.to_owned(),
                tries: 1,
                faults: Vec::new(),
            })
            .collect();
        self.deliver(logout::deliver_all(Arc::clone(&self.provider), notices))
    }

    fn latest(&self, client_id: &str) -> (Application, Option<String>, Option<String>) {
        let environment = self.provider.environment();
        let application = environment
            .applications
            .get(client_id)
            .cloned()
            .unwrap_or_else(|| Application::web(client_id, "unregistered"));
        let session = environment.sessions.latest_of_client(client_id);
        let sid = session.and_then(|session| session.clients.get(client_id).cloned().flatten());
        (application, session.map(|session| session.subject.clone()), sid)
    }
}

const NOBODY: &str = "usr_nobody";
