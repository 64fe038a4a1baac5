//! An identity provider in memory, whose ID tokens are as large as real ones.

use std::sync::{Arc, Mutex, PoisonError};

use serde_json::{Value, json};
use vestibule::{
    Algorithm, Client, ClientSecret, Provider, ProviderTime, WebApp,
    testing::{TestClock, TestIssuer, TestKey, TestTransport, json_response},
};

/// Its issuer.
pub const ISSUER: &str = "https://op.example";

/// The client that is registered there.
pub const CLIENT: &str = "dashboard";

/// When everything happens.
pub const NOW: ProviderTime = ProviderTime::from_secs(1_780_000_000);

/// A provider that signs with one key of this algorithm.
pub fn issuer(algorithm: Algorithm) -> TestIssuer {
    TestIssuer::with_keys(ISSUER, [TestKey::new(algorithm, "2026-05-signing-key")])
}

/// The claims of an ID token with a profile and an organization.
pub fn claims(issuer: &TestIssuer, nonce: &str) -> Value {
    let mut claims = issuer.id_token_claims(CLIENT, nonce, NOW);
    let profile = json!({
        "sub": "usr_58812749213204488",
        "sid": "ses_91646612652163629",
        "auth_time": NOW.as_secs() - 20,
        "amr": ["pwd"],
        "azp": CLIENT,
        "name": "Alice Liddell",
        "given_name": "Alice",
        "family_name": "Liddell",
        "email": "alice@acme.example",
        "email_verified": true,
        "picture": "https://op.example/pictures/58812749213204488.png",
        "locale": "en-GB",
    });
    for (name, value) in profile.as_object().into_iter().flatten() {
        claims[name] = value.clone();
    }
    claims
}

/// The provider, and the token endpoint's next answer.
#[derive(Clone, Debug)]
pub struct InMemory {
    issuer: TestIssuer,
    id_token: Arc<Mutex<String>>,
    groups: usize,
}

impl InMemory {
    /// A provider that signs RS256.
    pub fn new() -> Self {
        Self::signing(Algorithm::Rs256)
    }

    /// A provider that signs with this algorithm.
    pub fn signing(algorithm: Algorithm) -> Self {
        Self { issuer: issuer(algorithm), id_token: Arc::default(), groups: 0 }
    }

    /// Who signs in is in so many groups.
    #[must_use]
    pub fn with_groups(self, groups: usize) -> Self {
        Self { groups, ..self }
    }

    /// Who signs its tokens.
    pub fn issuer(&self) -> &TestIssuer {
        &self.issuer
    }

    /// The client that is registered at it.
    ///
    /// # Errors
    /// When the provider cannot be set up.
    pub fn client(&self) -> Result<Client<WebApp>, vestibule::ConfigError> {
        Ok(self.provider()?.web_app(CLIENT, ClientSecret::new("a secret")))
    }

    /// The provider as applications see it.
    ///
    /// # Errors
    /// When it cannot be set up.
    pub fn provider(&self) -> Result<Provider, vestibule::ConfigError> {
        let metadata = json!({
            "issuer": ISSUER,
            "authorization_endpoint": "https://op.example/authorize",
            "token_endpoint": "https://op.example/token",
            "jwks_uri": "https://op.example/jwks",
            "response_types_supported": ["code"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["RS256"],
        });
        let (jwks, id_token) = (self.issuer.jwks(), Arc::clone(&self.id_token));
        let answer = move |path: &str| match path {
            "/jwks" => jwks.clone(),
            "/token" => json!({
                "access_token": "at_".repeat(100),
                "refresh_token": "rt_".repeat(14),
                "token_type": "Bearer",
                "expires_in": 300,
                "id_token": *id_token.lock().unwrap_or_else(PoisonError::into_inner),
            }),
            _ => metadata.clone(),
        };
        let transport =
            TestTransport::new(move |request| Ok(json_response(200, &answer(request.uri().path()))));
        let clock = TestClock::at(NOW.as_secs());
        Provider::builder(ISSUER)?.transport(transport).clock(clock).build()
    }

    /// Puts the ID token for the login with this nonce into the token endpoint's answer.
    pub fn grant(&self, nonce: &str) {
        let mut claims = claims(&self.issuer, nonce);
        if self.groups > 0 {
            claims["groups"] = (0..self.groups).map(|number| format!("group_{number:08}")).collect();
        }
        let token = self.issuer.sign(&claims);
        *self.id_token.lock().unwrap_or_else(PoisonError::into_inner) = token;
    }
}

impl Default for InMemory {
    fn default() -> Self {
        Self::new()
    }
}
