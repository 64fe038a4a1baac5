use std::fmt;

use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use sha2::{Digest, Sha256};
use vestibule::{Random, RandomError};
use zeroize::Zeroizing;

use crate::{
    cookie::{CookieLookup, find},
    engine::Engine,
    http::RequestHead,
    store::SessionKey,
};

const LENGTH: usize = 43;

/// What the browser holds: 256 random bits. The store knows only their digest (checklist D09).
#[derive(Clone)]
pub(crate) struct Handle(Zeroizing<[u8; LENGTH]>);

impl Handle {
    /// A new handle; every login gets one (checklist C21).
    pub(crate) fn generate(random: &dyn Random) -> Result<Self, RandomError> {
        let mut bytes = Zeroizing::new([0; 32]);
        random.fill(bytes.as_mut())?;
        Ok(Self::from_bytes(&bytes))
    }

    /// The handle that the request's cookie holds. Anything that was not made by us counts as no cookie.
    pub(crate) fn from_cookie(engine: &Engine, head: &RequestHead<'_>) -> Option<Self> {
        let text = match find(head, &engine.names.session) {
            CookieLookup::One(text) => text,
            CookieLookup::Absent => return None,
            CookieLookup::Ambiguous => {
                tracing::warn!(
                    event = "session.ambiguous",
                    code = "session.cookie_ambiguous",
                    "a request has two session cookies; neither is believed"
                );
                return None;
            }
        };
        let text: &[u8; LENGTH] = text.as_bytes().try_into().ok()?;
        let ours = text.iter().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'));
        ours.then(|| Self(Zeroizing::new(*text)))
    }

    /// The handle of these random bits.
    pub(crate) fn from_bytes(bytes: &[u8; 32]) -> Self {
        let mut text = Zeroizing::new([0; LENGTH]);
        // 32 bytes are 43 characters.
        let _ = BASE64_URL_SAFE_NO_PAD.encode_slice(bytes, text.as_mut());
        Self(text)
    }

    /// Its random bits.
    pub(crate) fn to_bytes(&self) -> Option<Zeroizing<[u8; 32]>> {
        let mut bytes = Zeroizing::new([0; 32]);
        let length = BASE64_URL_SAFE_NO_PAD.decode_slice(self.0.as_slice(), bytes.as_mut()).ok()?;
        (length == bytes.len()).then_some(bytes)
    }

    pub(crate) fn key(&self) -> SessionKey {
        SessionKey::from_bytes(Sha256::digest(self.0.as_slice()).into())
    }

    pub(crate) fn expose(&self) -> &str {
        // Only its alphabet gets in.
        std::str::from_utf8(self.0.as_slice()).unwrap_or_default()
    }
}

/// 256 random bits as text.
pub(crate) fn random_text(random: &dyn Random) -> Result<String, RandomError> {
    let mut bytes = Zeroizing::new([0; 32]);
    random.fill(bytes.as_mut())?;
    Ok(BASE64_URL_SAFE_NO_PAD.encode(bytes.as_ref()))
}

impl fmt::Debug for Handle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Handle(redacted)")
    }
}
