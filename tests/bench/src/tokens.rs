//! Verifying one ID token: Vestibule, `jsonwebtoken`, `openidconnect`, and the signature alone.

use std::pin::pin;
use std::task::{Context, Poll, Waker};

use anyhow::{Context as _, Result, ensure};
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED, ParsedPublicKey, RSA_PKCS1_2048_8192_SHA256, RsaPublicKeyComponents,
};
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use chrono::DateTime;
use jsonwebtoken::{DecodingKey, Validation, jwk::Jwk};
use openidconnect::{
    ClientId, IssuerUrl,
    core::{CoreIdToken, CoreIdTokenVerifier, CoreJsonWebKeySet, CoreJwsSigningAlgorithm},
};
use serde::Deserialize;
use serde_json::{Value, from_value};
use vestibule::{
    Algorithm, AllowedAlgorithms, KeySet, Nonce, TokenPolicy,
    testing::{TestIssuer, TestVerifier},
};

use crate::{
    paired::Contestant,
    provider::{CLIENT, ISSUER, NOW, claims, issuer},
};

const NONCE: &str = "n-0S6_WzA2Mj-9Yt4kq1ZsVb2mTgUe8x";

/// One token, and everything that its verifiers keep ready.
pub struct Token {
    raw: String,
    ours: Ours,
    jsonwebtoken: JsonWebToken,
    openidconnect: OpenIdConnect,
    signature: SignatureAlone,
}

impl Token {
    /// A token of this algorithm, which every verifier accepts.
    ///
    /// # Errors
    /// When one of them does not.
    pub fn new(algorithm: Algorithm) -> Result<Self> {
        let issuer = issuer(algorithm);
        let token = Self {
            raw: issuer.sign(&claims(&issuer, NONCE)),
            ours: Ours::new(&issuer)?,
            jsonwebtoken: JsonWebToken::new(&issuer)?,
            openidconnect: OpenIdConnect::new(&issuer)?,
            signature: SignatureAlone::new(&issuer)?,
        };
        ensure!(token.ours.accepts(&token.raw), "Vestibule refuses the token");
        ensure!(token.jsonwebtoken.accepts(&token.raw), "jsonwebtoken refuses the token");
        ensure!(token.openidconnect.accepts(&token.raw), "openidconnect refuses the token");
        ensure!(token.signature.accepts(&token.raw), "the signature is not valid");
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
            Contestant::new("Vestibule", || self.ours.accepts(&self.raw)),
            Contestant::new("openidconnect", || self.openidconnect.accepts(&self.raw)),
            Contestant::new("the signature alone (aws-lc-rs)", || self.signature.accepts(&self.raw)),
        ]
    }
}

/// Every rule for ID tokens of a login, with keys that were read before.
struct Ours {
    verifier: TestVerifier,
    nonce: Nonce,
}

impl Ours {
    fn new(issuer: &TestIssuer) -> Result<Self> {
        let keys = KeySet::parse(issuer.jwks().to_string().as_bytes())?;
        let allowed = AllowedAlgorithms::new(issuer.keys().iter().map(|key| key.algorithm()))?;
        let verifier = TestVerifier::new(ISSUER, CLIENT, keys, NOW)?
            .with_policy(TokenPolicy::default().algorithms(allowed));
        Ok(Self { verifier, nonce: Nonce::new(NONCE) })
    }

    fn accepts(&self, raw: &str) -> bool {
        let verified = pin!(self.verifier.id_token(raw, &self.nonce));
        matches!(verified.poll(&mut Context::from_waker(Waker::noop())), Poll::Ready(Ok(_)))
    }
}

const TWENTY_YEARS: u64 = 20 * 365 * 24 * 60 * 60;

/// Signature, `exp`, `iss` and `aud`, into a struct of the claims that a login needs.
struct JsonWebToken {
    key: DecodingKey,
    validation: Validation,
}

#[derive(Deserialize)]
struct Claims {
    #[serde(rename = "sub")]
    _subject: String,
    #[serde(rename = "sid")]
    _session: Option<String>,
    #[serde(rename = "name")]
    _name: Option<String>,
    #[serde(rename = "email")]
    _email: Option<String>,
    nonce: String,
}

impl JsonWebToken {
    fn new(issuer: &TestIssuer) -> Result<Self> {
        let key = issuer.keys().first().context("a key")?;
        let jwk: Jwk = from_value(key.jwk())?;
        let mut validation = Validation::new(key.algorithm().as_str().parse()?);
        validation.set_audience(&[CLIENT]);
        validation.set_issuer(&[ISSUER]);
        validation.set_required_spec_claims(&["exp", "iss", "aud", "sub"]);
        // Its clock cannot be set, and the token is not of today.
        validation.leeway = TWENTY_YEARS;
        Ok(Self { key: DecodingKey::from_jwk(&jwk)?, validation })
    }

    fn accepts(&self, raw: &str) -> bool {
        jsonwebtoken::decode::<Claims>(raw, &self.key, &self.validation)
            .is_ok_and(|token| token.claims.nonce == NONCE)
    }
}

/// Its verifier as it comes.
struct OpenIdConnect {
    verifier: CoreIdTokenVerifier<'static>,
    nonce: openidconnect::Nonce,
}

impl OpenIdConnect {
    fn new(issuer: &TestIssuer) -> Result<Self> {
        let keys: CoreJsonWebKeySet = from_value(issuer.jwks())?;
        let key = issuer.keys().first().context("a key")?;
        let algorithm: CoreJwsSigningAlgorithm = from_value(key.algorithm().as_str().into())?;
        let now = DateTime::from_timestamp(NOW.as_secs().cast_signed(), 0).context("a moment")?;
        let verifier = CoreIdTokenVerifier::new_public_client(
            ClientId::new(CLIENT.to_owned()),
            IssuerUrl::new(ISSUER.to_owned())?,
            keys,
        )
        .set_allowed_algs([algorithm])
        .set_time_fn(move || now);
        Ok(Self { verifier, nonce: openidconnect::Nonce::new(NONCE.to_owned()) })
    }

    fn accepts(&self, raw: &str) -> bool {
        raw.parse::<CoreIdToken>().is_ok_and(|token| token.claims(&self.verifier, &self.nonce).is_ok())
    }
}

/// The floor: base64url, digest and signature, with a parsed key.
struct SignatureAlone(ParsedPublicKey);

impl SignatureAlone {
    fn new(issuer: &TestIssuer) -> Result<Self> {
        let jwk = issuer.keys().first().context("a key")?.jwk();
        let number = |name: &str| {
            let text = jwk.get(name).and_then(Value::as_str).context("a JWK's number")?;
            anyhow::Ok(BASE64_URL_SAFE_NO_PAD.decode(text)?)
        };
        Ok(Self(match jwk["kty"].as_str() {
            Some("RSA") => RsaPublicKeyComponents { n: number("n")?, e: number("e")? }
                .to_parsed_public_key(&RSA_PKCS1_2048_8192_SHA256)?,
            _ => {
                let point = [vec![4], number("x")?, number("y")?].concat();
                ParsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, point)?
            }
        }))
    }

    fn accepts(&self, raw: &str) -> bool {
        let Some((input, signature)) = raw.rsplit_once('.') else { return false };
        BASE64_URL_SAFE_NO_PAD
            .decode(signature)
            .is_ok_and(|signature| self.0.verify_sig(input.as_bytes(), &signature).is_ok())
    }
}
