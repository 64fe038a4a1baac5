use std::{fmt, sync::Arc};

use aws_lc_rs::{
    aead::{AES_256_GCM_SIV, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey},
    hmac,
};
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use vestibule::{Random, RandomError};
use zeroize::Zeroizing;

use super::CookieKeys;

const VERSION: u8 = 1;
const KEY_ID: usize = 4;
const HEAD: usize = 1 + KEY_ID + NONCE_LEN;
const TAG: usize = 16;

/// What a seal is for. Each has a key of its own: nothing sealed for one opens as another (checklist D03).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// A pending login, in a cookie.
    PendingLogin,
    /// A session's tokens, in a store.
    Tokens,
    /// A whole session, in cookies.
    Session,
    /// The proof that a form came from one of our pages.
    Csrf,
    /// A step-up on its way to the login endpoint.
    StepUp,
}

impl Purpose {
    const fn name(self) -> &'static str {
        match self {
            Self::PendingLogin => "pending login",
            Self::Tokens => "tokens",
            Self::Session => "session",
            Self::Csrf => "csrf",
            Self::StepUp => "step-up",
        }
    }
}

/// Seals and opens for one purpose: AES-256-GCM-SIV with a random nonce, so that even a repeated nonce shows no more
/// than that two texts are equal.
#[derive(Clone)]
pub(crate) struct Sealer {
    keys: Arc<[Key]>,
    purpose: Purpose,
    random: Arc<dyn Random>,
}

struct Key {
    id: [u8; KEY_ID],
    aead: LessSafeKey,
    mac: hmac::Key,
}

impl Sealer {
    pub(crate) fn new(keys: &CookieKeys, purpose: Purpose, random: Arc<dyn Random>) -> Self {
        let keys = keys.derive(purpose.name()).filter_map(|derived| {
            let (key, id) = derived.split_at_checked(32)?;
            Some(Key {
                id: id.try_into().ok()?,
                aead: LessSafeKey::new(UnboundKey::new(&AES_256_GCM_SIV, key).ok()?),
                mac: hmac::Key::new(hmac::HMAC_SHA256, key),
            })
        });
        Self { keys: keys.collect(), purpose, random }
    }

    /// Seals under the first key. `context` says where the text belongs and must be the same when it is opened.
    pub(crate) fn seal(&self, context: &[&[u8]], plain: &[u8]) -> Result<Vec<u8>, RandomError> {
        let key = self.keys.first().ok_or(RandomError)?;
        let mut nonce = [0; NONCE_LEN];
        self.random.fill(&mut nonce)?;
        let mut sealed = Vec::with_capacity(HEAD + plain.len() + TAG);
        sealed.push(VERSION);
        sealed.extend_from_slice(&key.id);
        sealed.extend_from_slice(&nonce);
        let mut body = plain.to_vec();
        let aad = Aad::from(self.associated_data(&key.id, context));
        key.aead
            .seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), aad, &mut body)
            .map_err(|_| RandomError)?;
        sealed.append(&mut body);
        Ok(sealed)
    }

    /// Opens what was sealed for the same purpose and context under any key of the ring; `None` for all else.
    pub(crate) fn open(&self, context: &[&[u8]], sealed: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
        self.open_in_place(context, sealed.to_vec())
    }

    fn open_in_place(&self, context: &[&[u8]], sealed: Vec<u8>) -> Option<Zeroizing<Vec<u8>>> {
        let mut sealed = Zeroizing::new(sealed);
        let (version, head) = sealed.get(..HEAD)?.split_first()?;
        let (id, nonce) = head.split_at_checked(KEY_ID)?;
        if *version != VERSION {
            return None;
        }
        let key = self.keys.iter().find(|key| key.id == id)?;
        let nonce = Nonce::try_assume_unique_for_key(nonce).ok()?;
        let aad = Aad::from(self.associated_data(&key.id, context));
        let length = key.aead.open_within(nonce, aad, &mut sealed, HEAD..).ok()?.len();
        sealed.truncate(length);
        Some(sealed)
    }

    /// [`seal`](Self::seal), as text for a cookie.
    pub(crate) fn seal_text(&self, context: &[&[u8]], plain: &[u8]) -> Result<String, RandomError> {
        Ok(BASE64_URL_SAFE_NO_PAD.encode(self.seal(context, plain)?))
    }

    /// [`open`](Self::open), from a cookie's text.
    pub(crate) fn open_text(&self, context: &[&[u8]], sealed: &str) -> Option<Zeroizing<Vec<u8>>> {
        self.open_in_place(context, BASE64_URL_SAFE_NO_PAD.decode(sealed).ok()?)
    }

    /// How many characters [`seal_text`](Self::seal_text) makes of so many bytes.
    pub(crate) const fn text_length(plain: usize) -> usize {
        (HEAD + plain + TAG).saturating_mul(4).div_ceil(3)
    }

    /// A keyed digest of `message` under the first key, as text.
    pub(crate) fn tag(&self, message: &[u8]) -> String {
        let tag = self.keys.first().map(|key| hmac::sign(&key.mac, message));
        tag.map_or_else(String::new, |tag| BASE64_URL_SAFE_NO_PAD.encode(tag))
    }

    /// Whether `tag` is the digest of `message` under any key of the ring, in constant time.
    pub(crate) fn accepts_tag(&self, message: &[u8], tag: &str) -> bool {
        let Ok(tag) = BASE64_URL_SAFE_NO_PAD.decode(tag) else { return false };
        self.keys.iter().any(|key| hmac::verify(&key.mac, message, &tag).is_ok())
    }

    fn associated_data(&self, key_id: &[u8; KEY_ID], context: &[&[u8]]) -> Vec<u8> {
        let mut data = vec![VERSION];
        let parts = [self.purpose.name().as_bytes(), key_id.as_slice()];
        for part in parts.iter().chain(context) {
            data.extend_from_slice(&(part.len() as u64).to_be_bytes());
            data.extend_from_slice(part);
        }
        data
    }
}

impl fmt::Debug for Sealer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Sealer({:?})", self.purpose)
    }
}

#[cfg(test)]
mod tests {
    use vestibule::testing::SeededRandom;

    use super::*;

    fn keys(seed: u64) -> CookieKeys {
        CookieKeys::generate(&SeededRandom::new(seed)).unwrap()
    }

    fn sealer(keys: &CookieKeys, purpose: Purpose) -> Sealer {
        Sealer::new(keys, purpose, Arc::new(SeededRandom::new(9)))
    }

    #[test]
    fn d03_opens_only_what_it_sealed_for_this_purpose_and_place() {
        let keys = keys(1);
        let pending = sealer(&keys, Purpose::PendingLogin);
        let sealed = pending.seal(&[b"place"], b"text").unwrap();
        assert_eq!(pending.open(&[b"place"], &sealed).unwrap().as_slice(), b"text");
        assert!(pending.open(&[b"elsewhere"], &sealed).is_none());
        assert!(pending.open(&[b"pla", b"ce"], &sealed).is_none());
        assert!(sealer(&keys, Purpose::Tokens).open(&[b"place"], &sealed).is_none());
        assert!(sealer(&self::keys(2), Purpose::PendingLogin).open(&[b"place"], &sealed).is_none());
    }

    #[test]
    fn d03_any_change_of_the_sealed_bytes_is_refused() {
        let pending = sealer(&keys(1), Purpose::PendingLogin);
        let sealed = pending.seal(&[], b"text").unwrap();
        for at in 0..sealed.len() {
            let mut changed = sealed.clone();
            changed[at] ^= 1;
            assert!(pending.open(&[], &changed).is_none(), "byte {at}");
        }
        for length in 0..sealed.len() {
            assert!(pending.open(&[], &sealed[..length]).is_none(), "length {length}");
        }
        let mut longer = sealed;
        longer.push(0);
        assert!(pending.open(&[], &longer).is_none());
    }

    /// So its length tells nothing of the text, and there is nothing to inflate.
    #[test]
    fn d07_nothing_is_compressed() {
        let pending = sealer(&keys(1), Purpose::Session);
        for length in [0, 1, 2, 3, 100, 10_000] {
            let sealed = pending.seal_text(&[], &vec![0; length]).unwrap();
            assert_eq!(sealed.len(), Sealer::text_length(length));
        }
    }

    #[test]
    fn d03_nonces_do_not_repeat() {
        let pending = sealer(&keys(1), Purpose::PendingLogin);
        let mut seen = std::collections::HashSet::new();
        for _ in 0..10_000 {
            let sealed = pending.seal(&[], b"").unwrap();
            assert!(seen.insert(sealed[1 + KEY_ID..HEAD].to_vec()));
        }
    }
}
