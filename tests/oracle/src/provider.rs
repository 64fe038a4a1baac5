use std::time::Duration;

use serde_json::{Value, json};
use vestibule::{
    Algorithm,
    testing::{TestIssuer, TestKey},
};

/// The issuer of the corpus.
pub(crate) const ISSUER: &str = "https://op.example";

/// The client that both verifiers stand for.
pub(crate) const CLIENT: &str = "dashboard";

/// That client's secret.
pub(crate) const SECRET: &str = "the secret of the dashboard, 32+ bytes";

/// When the login ends, in seconds since the Unix epoch.
pub(crate) const NOW: u64 = 1_780_000_000;

/// What the provider publishes, and what the client asks for: the same for both verifiers.
#[derive(Clone, Debug)]
pub struct Setting {
    pub(crate) issuer: TestIssuer,
    pub(crate) jwks: Value,
    pub(crate) algorithms: Vec<&'static str>,
    pub(crate) trusted_audience: Option<&'static str>,
    pub(crate) max_age: Option<Duration>,
    pub(crate) required_acr: Option<&'static str>,
}

impl Setting {
    /// A provider that signs with one RS256 key named `rs256`.
    pub fn new() -> Self {
        Self::with_keys([TestKey::new(Algorithm::Rs256, "rs256")])
    }

    /// A provider that signs with the first of these keys, publishes all of them, and lists their algorithms.
    pub fn with_keys(keys: impl IntoIterator<Item = TestKey>) -> Self {
        let issuer = TestIssuer::with_keys(ISSUER, keys);
        let algorithms = issuer.keys().iter().map(|key| key.algorithm().as_str()).collect();
        let jwks = issuer.jwks();
        Self { issuer, jwks, algorithms, trusted_audience: None, max_age: None, required_acr: None }
    }

    /// A provider with one key of this algorithm.
    pub fn signing(algorithm: Algorithm) -> Self {
        Self::with_keys([TestKey::new(algorithm, "key")])
    }

    /// Publishes these keys instead of its own.
    #[must_use]
    pub fn publishing(self, keys: impl IntoIterator<Item = Value>) -> Self {
        let keys: Vec<Value> = keys.into_iter().collect();
        Self { jwks: json!({ "keys": keys }), ..self }
    }

    /// Publishes its first key with one member changed, and a key that is not in use.
    #[must_use]
    pub fn publishing_with(self, member: &str, value: impl Into<Value>) -> Self {
        let mut jwk = self.issuer.keys()[0].jwk();
        jwk[member] = value.into();
        self.publishing([jwk, TestKey::numbered(Algorithm::Es256, "spare", 1).jwk()])
    }

    /// Publishes its keys without saying for which algorithm or use they are.
    #[must_use]
    pub fn publishing_bare_keys(self) -> Self {
        let bare = |key: &TestKey| {
            let mut jwk = key.bare_jwk();
            jwk["kid"] = key.kid().into();
            jwk
        };
        let keys: Vec<Value> = self.issuer.keys().iter().map(bare).collect();
        self.publishing(keys)
    }

    /// Lists this algorithm, too, in its metadata.
    #[must_use]
    pub fn listing(mut self, algorithm: &'static str) -> Self {
        self.algorithms.push(algorithm);
        self
    }

    /// The client trusts this audience beside itself.
    #[must_use]
    pub fn trusting(self, audience: &'static str) -> Self {
        Self { trusted_audience: Some(audience), ..self }
    }

    /// The client sent `max_age`.
    #[must_use]
    pub fn max_age(self, max_age: Duration) -> Self {
        Self { max_age: Some(max_age), ..self }
    }

    /// The client asked for this `acr` as essential.
    #[must_use]
    pub fn requiring_acr(self, acr: &'static str) -> Self {
        Self { required_acr: Some(acr), ..self }
    }
}

impl Default for Setting {
    fn default() -> Self {
        Self::new()
    }
}
