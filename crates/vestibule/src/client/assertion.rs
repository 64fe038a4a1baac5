use std::time::Duration;

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use serde_json::{Map, Value, json};
use zeroize::Zeroizing;

use super::PrivateKey;
use crate::{Issuer, ProviderTime, Random, RandomError, login::random_token};

/// How long an assertion is good for: one request (checklist C31).
const LIFETIME: Duration = Duration::from_secs(60);

impl PrivateKey {
    /// A new assertion for one request (RFC 7523 section 3). Its only audience is the issuer: an endpoint as audience lets
    /// one provider pass the assertion on to another (RFC 7523bis section 3).
    pub(super) fn assertion(
        &self,
        client_id: &str,
        issuer: &Issuer,
        random: &dyn Random,
        now: ProviderTime,
    ) -> Result<Zeroizing<String>, RandomError> {
        let claims = json!({
            "iss": client_id,
            "sub": client_id,
            "aud": issuer.as_str(),
            "jti": random_token(random)?,
            "iat": now.as_secs(),
            "exp": now.plus(LIFETIME).as_secs(),
        });
        let input =
            Zeroizing::new(format!("{}.{}", encode(self.header().to_string()), encode(claims.to_string())));
        // A key signs with its own algorithm unless there is no randomness.
        let signature = self.sign(input.as_bytes()).ok_or(RandomError)?;
        Ok(Zeroizing::new(format!("{}.{}", *input, encode(signature))))
    }

    fn header(&self) -> Value {
        let mut header = Map::new();
        header.insert("alg".to_owned(), self.algorithm().as_str().into());
        header.insert("typ".to_owned(), self.typ().into());
        header.extend(self.kid().map(|kid| ("kid".to_owned(), kid.into())));
        header.into()
    }
}

fn encode(bytes: impl AsRef<[u8]>) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(bytes)
}
