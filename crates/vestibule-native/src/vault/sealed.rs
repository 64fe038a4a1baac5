use std::{path::PathBuf, sync::Arc};

use aws_lc_rs::aead::{AES_256_GCM_SIV, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use vestibule::{Random, RandomError};
use zeroize::Zeroizing;

use super::{Account, Distrust, VaultError, VaultKey};
use crate::private_dir::PrivateDir;

/// Which format it is. It is part of what is authenticated.
const VERSION: &[u8; 4] = b"VST1";
const HEAD: usize = VERSION.len() + NONCE_LEN;
const TAG: usize = 16;

/// The folder of sealed logins, one file an account.
#[derive(Clone, Debug)]
pub(super) struct SealedFiles {
    folder: PathBuf,
    random: Arc<dyn Random>,
}

impl SealedFiles {
    pub(super) fn new(folder: PathBuf, random: Arc<dyn Random>) -> Self {
        Self { folder, random }
    }

    pub(super) fn read(
        &self,
        key: &VaultKey,
        account: &Account,
    ) -> Result<Option<Zeroizing<Vec<u8>>>, VaultError> {
        let name = file_name(account);
        let Some(sealed) = self.dir()?.read(&name)? else { return Ok(None) };
        let broken = || VaultError::untrusted(&self.folder.join(&name), Distrust::Seal);
        open(key, account, sealed).map(Some).ok_or_else(broken)
    }

    pub(super) fn write(&self, key: &VaultKey, account: &Account, plain: &[u8]) -> Result<(), VaultError> {
        self.dir()?.write(&file_name(account), &seal(key, account, plain, &*self.random)?)
    }

    pub(super) fn remove(&self, account: &Account) -> Result<bool, VaultError> {
        self.dir()?.remove(&file_name(account))
    }

    fn dir(&self) -> Result<PrivateDir, VaultError> {
        PrivateDir::open(&self.folder)
    }
}

fn file_name(account: &Account) -> String {
    format!("{}.sealed", account.file_name())
}

/// version (4) | nonce (12) | AES-256-GCM-SIV over the login, bound to whose it is
fn seal(
    key: &VaultKey,
    account: &Account,
    plain: &[u8],
    random: &dyn Random,
) -> Result<Vec<u8>, RandomError> {
    let mut nonce = [0; NONCE_LEN];
    random.fill(&mut nonce)?;
    // Room for the tag: a vector that grows leaves a copy behind.
    let mut body = Zeroizing::new(Vec::with_capacity(plain.len() + TAG));
    body.extend_from_slice(plain);
    let nonce = (nonce, Nonce::assume_unique_for_key(nonce));
    aead(key)
        .and_then(|aead| aead.seal_in_place_append_tag(nonce.1, associated_data(account), &mut *body).ok())
        .ok_or(RandomError)?;
    Ok([VERSION.as_slice(), &nonce.0, &body].concat())
}

fn open(key: &VaultKey, account: &Account, mut sealed: Zeroizing<Vec<u8>>) -> Option<Zeroizing<Vec<u8>>> {
    let (version, nonce) = sealed.get(..HEAD)?.split_at_checked(VERSION.len())?;
    if version != VERSION {
        return None;
    }
    let nonce = Nonce::try_assume_unique_for_key(nonce).ok()?;
    let length = aead(key)?.open_within(nonce, associated_data(account), &mut sealed, HEAD..).ok()?.len();
    sealed.truncate(length);
    Some(sealed)
}

fn aead(key: &VaultKey) -> Option<LessSafeKey> {
    Some(LessSafeKey::new(UnboundKey::new(&AES_256_GCM_SIV, key.expose()).ok()?))
}

fn associated_data(account: &Account) -> Aad<Vec<u8>> {
    let mut data = VERSION.to_vec();
    for part in [&account.issuer, &account.client_id, &account.subject] {
        data.extend_from_slice(&(part.len() as u64).to_be_bytes());
        data.extend_from_slice(part.as_bytes());
    }
    Aad::from(data)
}

#[cfg(test)]
mod tests {
    use base64::{Engine, prelude::BASE64_STANDARD};
    use vestibule::testing::SeededRandom;

    use super::*;
    use crate::vault::tests::{account, key};

    /// As the first release seals them: these bytes are read for ever.
    const SEALED: &str = "VlNUMUy72MpSFbjRYa7Bgd2yY75FeZXh2Wpxlx1wrrpcS9+PuAwh";

    #[test]
    fn f18_what_was_sealed_once_opens_for_ever() {
        let sealed = seal(&key(1), &account("alice"), b"a login", &SeededRandom::new(1)).unwrap();
        assert_eq!(BASE64_STANDARD.encode(&sealed), SEALED);
        let opened = open(&key(1), &account("alice"), Zeroizing::new(sealed)).unwrap();
        assert_eq!(opened.as_slice(), b"a login");
    }

    #[test]
    fn f18_a_flip_of_any_bit_is_noticed() {
        let sealed = BASE64_STANDARD.decode(SEALED).unwrap();
        for position in 0..sealed.len() * 8 {
            let mut flipped = Zeroizing::new(sealed.clone());
            flipped[position / 8] ^= 1 << (position % 8);
            assert!(open(&key(1), &account("alice"), flipped).is_none(), "bit {position}");
        }
        for length in 0..sealed.len() {
            let cut = Zeroizing::new(sealed[..length].to_vec());
            assert!(open(&key(1), &account("alice"), cut).is_none(), "{length} bytes");
        }
    }

    #[test]
    fn f22_another_account_or_key_does_not_open_it() {
        let sealed = || Zeroizing::new(BASE64_STANDARD.decode(SEALED).unwrap());
        let alice = account("alice");
        let others = [
            account("bob"),
            Account { issuer: "https://other.example".to_owned(), ..alice.clone() },
            Account { client_id: "other".to_owned(), ..alice.clone() },
            Account { client_id: "clialice".to_owned(), subject: String::new(), ..alice.clone() },
        ];
        for other in others {
            assert!(open(&key(1), &other, sealed()).is_none(), "{other:?}");
        }
        assert!(open(&key(2), &alice, sealed()).is_none());
    }
}
