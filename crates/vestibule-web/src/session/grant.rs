use std::{borrow::Cow, time::Duration};

use bytes::Bytes;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use vestibule::{AccessToken, ProviderTime, RandomError, RawIdToken, RefreshToken, TokenResponse};
use zeroize::Zeroizing;

use super::PublicGrant;
use crate::{
    cookie::Sealer,
    engine::Engine,
    store::{RefreshHash, SessionKey, SessionRecord},
};

/// What is written now, and what the first release wrote.
const VERSION: u8 = 2;
const FIRST: u8 = 1;

/// How long before its end an access token is renewed, unless that were more than half of its life.
const AHEAD: Duration = Duration::from_secs(30);

/// The tokens of a session, opened.
#[derive(Debug)]
pub(crate) struct Grant {
    pub(crate) access_token: AccessToken,
    pub(crate) expires_at: Option<ProviderTime>,
    /// From when on it is renewed.
    pub(crate) due_at: Option<ProviderTime>,
    pub(crate) refresh_token: Option<RefreshToken>,
    pub(crate) id_token: Option<RawIdToken>,
}

impl Grant {
    /// The tokens that a login or a refresh brought. What the answer does not renew stays as it was.
    pub(crate) fn from_response(tokens: &TokenResponse, before: Option<&Self>, now: ProviderTime) -> Self {
        Self {
            access_token: tokens.access_token.clone(),
            expires_at: tokens.expires_at,
            due_at: tokens.expires_at.map(|end| end.minus(AHEAD.min(end.since(now) / 2))),
            refresh_token: tokens.refresh_token.clone().or_else(|| before?.refresh_token.clone()),
            id_token: tokens.id_token.clone().or_else(|| before?.id_token.clone()),
        }
    }

    /// Writes a grant for the store: identity in the clear, tokens sealed to the key they are stored under.
    ///
    /// version (1) | who it belongs to | sealed tokens
    pub(crate) fn seal(
        &self,
        engine: &Engine,
        key: &SessionKey,
        public: &PublicGrant,
    ) -> Result<Bytes, RandomError> {
        let tokens = Tokens {
            access_token: self.access_token.expose().into(),
            expires_at: self.expires_at,
            due_at: self.due_at,
            refresh_token: self.refresh_token.as_ref().map(|token| token.expose().into()),
            id_token: self.id_token.as_ref().map(|token| token.expose().into()),
        };
        // It cannot fail: these are plain strings and numbers.
        let plain = Zeroizing::new(serde_json::to_vec(&tokens).unwrap_or_default());
        let sealed = engine.token_sealer.seal(&[key.as_bytes()], &plain)?;
        // Exactly as long as it is: a memory store keeps it for hours.
        Ok([&[VERSION], public.as_bytes(), &sealed].concat().into())
    }

    /// Opens the tokens of a stored record; `None` when no key of the ring fits.
    pub(crate) fn open(engine: &Engine, record: &SessionRecord) -> Option<Self> {
        let (_, sealed) = split(&record.grant)?;
        Self::unseal(&engine.token_sealer, &record.key, sealed)
    }

    fn unseal(sealer: &Sealer, key: &SessionKey, sealed: &[u8]) -> Option<Self> {
        let plain = sealer.open(&[key.as_bytes()], sealed)?;
        let tokens: Tokens<'_> = serde_json::from_slice(&plain).ok()?;
        Some(Self {
            access_token: AccessToken::new(tokens.access_token),
            expires_at: tokens.expires_at,
            due_at: tokens.due_at.or(tokens.expires_at.map(|end| end.minus(AHEAD))),
            refresh_token: tokens.refresh_token.map(RefreshToken::new),
            id_token: tokens.id_token.map(RawIdToken::new),
        })
    }

    /// What names the refresh token in the store.
    pub(crate) fn refresh_hash(&self) -> Option<RefreshHash> {
        let token = self.refresh_token.as_ref()?;
        Some(RefreshHash::from_bytes(Sha256::digest(token.expose()).into()))
    }
}

/// A grant without tokens to call anybody with, as [`Grant::seal`] writes it; an ID token is in the clear.
pub(super) fn identity_alone(public: &PublicGrant, id_token: Option<&RawIdToken>) -> Bytes {
    let id_token = id_token.map_or("", RawIdToken::expose);
    [&[VERSION], public.as_bytes(), id_token.as_bytes()].concat().into()
}

/// The ID token that was written with the identity alone.
pub(super) fn kept_id_token(grant: &Bytes) -> Option<RawIdToken> {
    let (_, id_token) = split(grant)?;
    let id_token = std::str::from_utf8(id_token).ok().filter(|text| !text.is_empty());
    id_token.map(RawIdToken::new)
}

/// Who the session with this grant belongs to.
pub(super) fn public(grant: &Bytes) -> Option<PublicGrant> {
    split(grant).map(|(public, _)| public)
}

/// Refuses formats that this version does not know: during a rollout another node may write a newer one.
fn split(grant: &Bytes) -> Option<(PublicGrant, &[u8])> {
    match grant.first() {
        Some(&VERSION) => PublicGrant::read(grant, 1),
        Some(&FIRST) => PublicGrant::read_first(grant, 1),
        _ => None,
    }
}

#[derive(Serialize, Deserialize)]
struct Tokens<'a> {
    access_token: Cow<'a, str>,
    expires_at: Option<ProviderTime>,
    /// Unknown to the first release.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    due_at: Option<ProviderTime>,
    refresh_token: Option<Cow<'a, str>>,
    id_token: Option<Cow<'a, str>>,
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
    use vestibule::testing::SeededRandom;

    use super::*;
    use crate::cookie::{CookieKeys, Purpose};

    /// As the first release sealed them, under the key below: these bytes are read for ever.
    const SEALED: &str = "\
        AfsaXVJMu9jKUhW40WGuwYGErDt2O4xYcjkIFDcWcJncPJ9ZammVFQEl4mrSQidTrndpfKMi-86MV35cu0ZYSUpE064_nLkK\
        t3WatOOl7z_VA4kjdSHFPucvBzO2ak0TI7YG8Vu2hyoEQ9tJKZjNsUFkYZg1s6dhmtepjcWiO1YvK-9rH4uApWlW0qEXeztU\
        laVo70X8";

    #[test]
    fn h24_tokens_that_were_sealed_once_open_for_ever() {
        let keys = CookieKeys::from_base64("AQIDBAUGBwgJCgsMDQ4PEBESExQVFhcYGRobHB0eHyA").unwrap();
        let sealer = Sealer::new(&keys, Purpose::Tokens, Arc::new(SeededRandom::new(1)));
        let (key, other) = (SessionKey::from_bytes([7; 32]), SessionKey::from_bytes([8; 32]));
        let sealed = BASE64_URL_SAFE_NO_PAD.decode(SEALED).unwrap();
        let grant = Grant::unseal(&sealer, &key, &sealed).unwrap();
        assert_eq!(grant.access_token.expose(), "an access token");
        assert_eq!(grant.expires_at, Some(ProviderTime::from_secs(1_780_000_000)));
        assert_eq!(grant.refresh_token.unwrap().expose(), "a refresh token");
        assert_eq!(grant.id_token.unwrap().expose(), "an ID token");
        assert!(Grant::unseal(&sealer, &other, &sealed).is_none(), "they belong to one session");
    }
}
