use serde_json::Value;
use vestibule::{
    ProviderTime,
    testing::{TestIssuer, TestKey},
};

use crate::provider::{CLIENT, NOW};

/// The access token that comes with every ID token of the corpus.
pub(crate) const ACCESS_TOKEN: &str = "at-0001";

/// A login that waits for its ID token, as the one who makes the token knows it.
#[derive(Debug)]
pub struct Login {
    pub(crate) issuer: TestIssuer,
    pub(crate) nonce: String,
}

impl Login {
    /// The key that the provider signs with.
    pub fn key(&self) -> &TestKey {
        &self.issuer.keys()[0]
    }

    /// The claims of a good ID token.
    pub fn claims(&self) -> Value {
        self.issuer.id_token_claims(CLIENT, &self.nonce, ProviderTime::from_secs(NOW))
    }

    /// A good ID token.
    pub fn token(&self) -> String {
        self.issuer.sign(&self.claims())
    }

    /// A good ID token but for one claim.
    pub fn with_claim(&self, claim: &str, value: impl Into<Value>) -> String {
        self.with_claims([(claim, value.into())])
    }

    /// A good ID token but for some claims.
    pub fn with_claims<'a>(&self, changed: impl IntoIterator<Item = (&'a str, Value)>) -> String {
        let mut claims = self.claims();
        for (claim, value) in changed {
            claims[claim] = value;
        }
        self.issuer.sign(&claims)
    }

    /// A good ID token but for one claim that is not there.
    pub fn without_claim(&self, claim: &str) -> String {
        self.issuer.sign(&without(self.claims(), claim))
    }

    /// A good ID token but for one member of its header.
    pub fn with_header(&self, member: &str, value: impl Into<Value>) -> String {
        let mut header = self.key().header();
        header[member] = value.into();
        self.key().token(&header, &self.claims())
    }

    /// A good ID token but for one member of its header that is not there.
    pub fn without_header(&self, member: &str) -> String {
        self.key().token(&without(self.key().header(), member), &self.claims())
    }

    /// A good ID token but for how its claims are written down.
    pub fn with_payload(&self, rewrite: impl FnOnce(String) -> String) -> String {
        self.key().token_of(self.key().header().to_string(), rewrite(self.claims().to_string()))
    }
}

fn without(mut object: Value, member: &str) -> Value {
    if let Some(members) = object.as_object_mut() {
        members.remove(member);
    }
    object
}
