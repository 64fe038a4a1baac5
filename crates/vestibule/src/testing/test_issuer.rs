use serde_json::{Value, json};

use super::{TestKey, test_key::with_member};
use crate::{Algorithm, ProviderTime};

/// An issuer that signs whatever a test wants, good or bad.
#[derive(Clone, Debug)]
pub struct TestIssuer {
    issuer: String,
    keys: Vec<TestKey>,
}

impl TestIssuer {
    /// An issuer with one RS256 key named `rs256`.
    pub fn new(issuer: impl Into<String>) -> Self {
        Self::with_keys(issuer, [TestKey::new(Algorithm::Rs256, "rs256")])
    }

    /// An issuer with these keys. It signs with the first one, unless told otherwise.
    pub fn with_keys(issuer: impl Into<String>, keys: impl IntoIterator<Item = TestKey>) -> Self {
        Self { issuer: issuer.into(), keys: keys.into_iter().collect() }
    }

    /// The issuer identifier.
    pub fn issuer(&self) -> &str {
        &self.issuer
    }

    /// The keys.
    pub fn keys(&self) -> &[TestKey] {
        &self.keys
    }

    /// What its `jwks_uri` would serve.
    pub fn jwks(&self) -> Value {
        json!({ "keys": self.keys.iter().map(TestKey::jwk).collect::<Vec<_>>() })
    }

    /// The claims of an ID token that is good at `now` for five minutes: user `alice`, session `sid-1`.
    pub fn id_token_claims(&self, client_id: &str, nonce: &str, now: ProviderTime) -> Value {
        json!({
            "iss": self.issuer,
            "sub": "alice",
            "aud": client_id,
            "iat": now.as_secs(),
            "exp": now.as_secs() + 300,
            "nonce": nonce,
            "sid": "sid-1",
        })
    }

    /// The claims of a logout token that is good at `now` for two minutes: user `alice`, session `sid-1`.
    pub fn logout_token_claims(&self, client_id: &str, jwt_id: &str, now: ProviderTime) -> Value {
        json!({
            "iss": self.issuer,
            "sub": "alice",
            "aud": client_id,
            "iat": now.as_secs(),
            "exp": now.as_secs() + 120,
            "jti": jwt_id,
            "sid": "sid-1",
            "events": { "http://schemas.openid.net/event/backchannel-logout": {} },
        })
    }

    /// The claims of an `idp_initiated_login` token that is good at `now` for five minutes: connection `conn_1` of
    /// organization `org_1`, probably `alice@acme.example`.
    pub fn idp_initiated_login_claims(&self, now: ProviderTime) -> Value {
        json!({
            "iss": self.issuer,
            "connection_id": "conn_1",
            "organization_id": "org_1",
            "login_hint": "alice@acme.example",
            "iat": now.as_secs(),
            "nbf": now.as_secs(),
            "exp": now.as_secs() + 300,
        })
    }

    /// The claims of an access token (RFC 9068 section 2.2) that is good at `now` for five minutes: user `alice`, session
    /// `sid-1`, client `dashboard`, scope `openid`.
    pub fn access_token_claims(&self, audience: &str, now: ProviderTime) -> Value {
        json!({
            "iss": self.issuer,
            "sub": "alice",
            "aud": audience,
            "client_id": "dashboard",
            "jti": "token-1",
            "iat": now.as_secs(),
            "exp": now.as_secs() + 300,
            "scope": "openid",
            "sid": "sid-1",
        })
    }

    /// The claims of a signed UserInfo answer about `alice`.
    pub fn user_info_claims(&self, client_id: &str) -> Value {
        json!({ "iss": self.issuer, "sub": "alice", "aud": client_id, "name": "Alice" })
    }

    /// A token with these claims, signed with the first key, with `alg` and `kid` in its header.
    ///
    /// # Panics
    /// When the issuer has no key.
    pub fn sign(&self, claims: &Value) -> String {
        let key = self.signing_key();
        key.token(&key.header(), claims)
    }

    /// As [`sign`](Self::sign), with `typ` in the header too.
    ///
    /// # Panics
    /// When the issuer has no key.
    pub fn sign_typed(&self, typ: &str, claims: &Value) -> String {
        let key = self.signing_key();
        key.token(&with_member(key.header(), "typ", typ), claims)
    }

    #[expect(clippy::expect_used, reason = "an issuer without keys signs nothing")]
    fn signing_key(&self) -> &TestKey {
        self.keys.first().expect("the issuer has a key")
    }
}
