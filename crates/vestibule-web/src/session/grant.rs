use std::borrow::Cow;

use bytes::Bytes;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use sha2::{Digest, Sha256};
use vestibule::{
    AccessToken, IdToken, Identity, ProviderTime, RandomError, RawIdToken, RefreshToken, TokenResponse,
};
use zeroize::Zeroizing;

use crate::{
    engine::Engine,
    store::{RefreshHash, SessionKey, SessionRecord},
};

const VERSION: u8 = 1;

/// Who the session belongs to: the part of a stored grant that every request reads.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct PublicGrant {
    pub(crate) identity: Identity,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) sid: Option<String>,
    /// The claims of the ID token, left as they are until somebody asks.
    pub(crate) claims: Box<RawValue>,
}

impl PublicGrant {
    pub(crate) fn of(id_token: &IdToken) -> Option<Self> {
        let claims: Box<RawValue> =
            serde_json::value::to_raw_value(&id_token.claims::<serde_json::Value>().ok()?).ok()?;
        Some(Self { identity: id_token.identity().clone(), sid: id_token.sid().map(str::to_owned), claims })
    }

    /// Reads the part of a stored grant that is not sealed.
    pub(crate) fn read(grant: &[u8]) -> Option<Self> {
        let (public, _) = split(grant)?;
        serde_json::from_slice(public).ok()
    }
}

/// The tokens of a session, opened.
#[derive(Debug)]
pub(crate) struct Grant {
    pub(crate) access_token: AccessToken,
    pub(crate) expires_at: Option<ProviderTime>,
    pub(crate) refresh_token: Option<RefreshToken>,
    pub(crate) id_token: Option<RawIdToken>,
}

impl Grant {
    /// The tokens that a login or a refresh brought. What the answer does not renew stays as it was.
    pub(crate) fn from_response(tokens: &TokenResponse, before: Option<&Self>) -> Self {
        Self {
            access_token: tokens.access_token.clone(),
            expires_at: tokens.expires_at,
            refresh_token: tokens.refresh_token.clone().or_else(|| before?.refresh_token.clone()),
            id_token: tokens.id_token.clone().or_else(|| before?.id_token.clone()),
        }
    }

    /// Writes a grant for the store: identity in the clear, tokens sealed to the key they are stored under.
    ///
    /// version (1) | length of the identity (4) | identity | sealed tokens
    pub(crate) fn seal(
        &self,
        engine: &Engine,
        key: &SessionKey,
        public: &PublicGrant,
    ) -> Result<Bytes, RandomError> {
        let tokens = Tokens {
            access_token: self.access_token.expose().into(),
            expires_at: self.expires_at,
            refresh_token: self.refresh_token.as_ref().map(|token| token.expose().into()),
            id_token: self.id_token.as_ref().map(|token| token.expose().into()),
        };
        // Neither can fail: both are plain strings and numbers.
        let plain = Zeroizing::new(serde_json::to_vec(&tokens).unwrap_or_default());
        let public = serde_json::to_vec(public).unwrap_or_default();
        let sealed = engine.token_sealer.seal(&[key.as_bytes()], &plain)?;
        let mut grant = vec![VERSION];
        grant.extend_from_slice(&u32::try_from(public.len()).unwrap_or_default().to_be_bytes());
        grant.extend_from_slice(&public);
        grant.extend_from_slice(&sealed);
        Ok(grant.into())
    }

    /// Opens the tokens of a stored record; `None` when no key of the ring fits.
    pub(crate) fn open(engine: &Engine, record: &SessionRecord) -> Option<Self> {
        let (_, sealed) = split(&record.grant)?;
        let plain = engine.token_sealer.open(&[record.key.as_bytes()], sealed)?;
        let tokens: Tokens<'_> = serde_json::from_slice(&plain).ok()?;
        Some(Self {
            access_token: AccessToken::new(tokens.access_token),
            expires_at: tokens.expires_at,
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

/// Refuses formats that this version does not know: during a rollout another node may write a newer one.
fn split(grant: &[u8]) -> Option<(&[u8], &[u8])> {
    let (version, rest) = grant.split_first()?;
    if *version != VERSION {
        return None;
    }
    let (length, rest) = rest.split_first_chunk::<4>()?;
    rest.split_at_checked(usize::try_from(u32::from_be_bytes(*length)).ok()?)
}

#[derive(Serialize, Deserialize)]
struct Tokens<'a> {
    access_token: Cow<'a, str>,
    expires_at: Option<ProviderTime>,
    refresh_token: Option<Cow<'a, str>>,
    id_token: Option<Cow<'a, str>>,
}
