//! Verifying one access token: Vestibule anew and from memory, and `jsonwebtoken`.

use std::pin::pin;
use std::task::{Context, Poll, Waker};

use anyhow::{Context as _, Result, ensure};
use jsonwebtoken::{DecodingKey, Validation, jwk::Jwk};
use serde::Deserialize;
use serde_json::{Value, from_value, json};
use vestibule::{
    AccessTokenPolicy, Algorithm, AllowedAlgorithms, ResourceServer,
    testing::{TestIssuer, TestKey},
};

use crate::{
    paired::Contestant,
    provider::{CLIENT, ISSUER, InMemory, NOW},
};

const API: &str = "https://api.example";

/// One access token, and everything that its verifiers keep ready.
pub struct AccessToken {
    raw: String,
    forgetful: ResourceServer,
    remembering: ResourceServer,
    jsonwebtoken: JsonWebToken,
}

impl AccessToken {
    /// A token of this algorithm, which every verifier accepts.
    ///
    /// # Errors
    /// When one of them does not.
    pub async fn new(algorithm: Algorithm) -> Result<Self> {
        let op = InMemory::signing(algorithm);
        let provider = op.provider()?;
        provider.ready().await?;
        let policy = AccessTokenPolicy::rfc9068().algorithms(AllowedAlgorithms::new([algorithm])?);
        let api = || provider.resource_server(API).policy(policy.clone());
        let token = Self {
            raw: op.issuer().sign_typed("at+jwt", &claims(op.issuer())),
            forgetful: api().remembered_tokens(0).build()?,
            remembering: api().build()?,
            jsonwebtoken: JsonWebToken::new(op.issuer())?,
        };
        ensure!(accepts(&token.forgetful, &token.raw), "Vestibule refuses the token");
        ensure!(accepts(&token.remembering, &token.raw), "Vestibule refuses the token");
        ensure!(token.jsonwebtoken.accepts(&token.raw), "jsonwebtoken refuses the token");
        Ok(token)
    }

    /// How many characters the token has.
    pub fn length(&self) -> usize {
        self.raw.len()
    }

    /// The verifiers, `jsonwebtoken` first.
    pub fn contestants(&self) -> Vec<Contestant<'_>> {
        vec![
            Contestant::new("jsonwebtoken", || self.jsonwebtoken.accepts(&self.raw)),
            Contestant::new("Vestibule, anew", || accepts(&self.forgetful, &self.raw)),
            Contestant::new("Vestibule, again", || accepts(&self.remembering, &self.raw)),
        ]
    }
}

fn claims(issuer: &TestIssuer) -> Value {
    let mut claims = issuer.access_token_claims(API, NOW);
    claims["sub"] = json!("usr_58812749213204488");
    claims["client_id"] = json!(CLIENT);
    claims["jti"] = json!("tkn_58812749213271055");
    claims["scope"] = json!("openid profile email orders:read orders:write");
    claims["sid"] = json!("ses_91646612652163629");
    claims["roles"] = json!(["admin", "member"]);
    claims
}

/// The keys are there: nothing is waited for.
fn accepts(api: &ResourceServer, raw: &str) -> bool {
    let verified = pin!(api.verify(raw));
    matches!(verified.poll(&mut Context::from_waker(Waker::noop())), Poll::Ready(Ok(_)))
}

const TWENTY_YEARS: u64 = 20 * 365 * 24 * 60 * 60;

/// Signature, `exp`, `iss` and `aud`, into a struct of the claims that an API needs.
struct JsonWebToken {
    key: DecodingKey,
    validation: Validation,
}

#[derive(Deserialize)]
struct Claims {
    sub: String,
    #[serde(rename = "client_id")]
    _client_id: String,
    #[serde(rename = "scope")]
    _scope: String,
    #[serde(rename = "sid")]
    _session: Option<String>,
    #[serde(rename = "roles")]
    _roles: Vec<String>,
}

impl JsonWebToken {
    fn new(issuer: &TestIssuer) -> Result<Self> {
        let key: &TestKey = issuer.keys().first().context("a key")?;
        let jwk: Jwk = from_value(key.jwk())?;
        let mut validation = Validation::new(key.algorithm().as_str().parse()?);
        validation.set_audience(&[API]);
        validation.set_issuer(&[ISSUER]);
        validation.set_required_spec_claims(&["exp", "iss", "aud", "sub"]);
        // Its clock cannot be set, and the token is not of today.
        validation.leeway = TWENTY_YEARS;
        Ok(Self { key: DecodingKey::from_jwk(&jwk)?, validation })
    }

    fn accepts(&self, raw: &str) -> bool {
        jsonwebtoken::decode::<Claims>(raw, &self.key, &self.validation)
            .is_ok_and(|token| !token.claims.sub.is_empty())
    }
}
