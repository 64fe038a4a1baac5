use std::{fmt, path::Path};

use base64::{
    Engine, alphabet,
    engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig},
};
use vestibule::{Diagnose, Diagnosis, Disposition, Random, RandomError};
use zeroize::Zeroizing;

use super::VaultError;
use crate::private_dir::read_private;

const LENGTH: usize = 32;

/// The key that seals files of [`StorePolicy::EncryptedFile`](super::StorePolicy): 32 random bytes, from outside of the
/// folder that they lock. Such as `openssl rand -base64 32` makes them.
#[derive(Clone)]
pub struct VaultKey(Zeroizing<[u8; LENGTH]>);

impl VaultKey {
    /// Reads base64, with or without padding, of either alphabet.
    ///
    /// ```
    /// use vestibule_native::VaultKey;
    ///
    /// let key = VaultKey::from_base64("zPBCu0ElTPyRQgPMIwERzF0y1Pd0EYPQmKaJDQHhlm4=")?;
    /// assert!(VaultKey::from_base64("c2VzYW1lIG9wZW4=").is_err());
    /// # Ok::<(), vestibule_native::VaultKeyError>(())
    /// ```
    ///
    /// # Errors
    /// [`VaultKeyError::Weak`] when it is not 32 bytes, or plainly not random.
    pub fn from_base64(key: &str) -> Result<Self, VaultKeyError> {
        let key = key.trim();
        let engine = if key.contains(['-', '_']) { base64url() } else { base64() };
        let bytes = Zeroizing::new(engine.decode(key).map_err(|_| VaultKeyError::Weak)?);
        Self::from_bytes(&bytes)
    }

    /// Reads the key from an environment variable, as base64. Other processes of the same user can read it there too.
    ///
    /// # Errors
    /// [`VaultKeyError::Missing`] when the variable is not set.
    pub fn from_env(variable: &str) -> Result<Self, VaultKeyError> {
        let key = Zeroizing::new(std::env::var(variable).map_err(|_| VaultKeyError::Missing)?);
        Self::from_base64(&key)
    }

    /// Reads the key from a file that only this user may read: 32 bytes, or base64.
    ///
    /// # Errors
    /// [`VaultKeyError::Missing`] without such a file; [`VaultKeyError::File`] when others may read it, or it is a link.
    pub fn from_file(path: impl AsRef<Path>) -> Result<Self, VaultKeyError> {
        let content = read_private(path.as_ref())?.ok_or(VaultKeyError::Missing)?;
        Self::from_content(&content)
    }

    /// Reads a credential that systemd gave to this service (`LoadCredential=`, `SetCredentialEncrypted=`): 32 bytes, or
    /// base64.
    ///
    /// # Errors
    /// [`VaultKeyError::Missing`] when the service has no such credential.
    pub fn from_systemd_credential(name: &str) -> Result<Self, VaultKeyError> {
        let folder = std::env::var_os("CREDENTIALS_DIRECTORY").ok_or(VaultKeyError::Missing)?;
        let content = std::fs::read(Path::new(&folder).join(name)).map_err(|_| VaultKeyError::Missing)?;
        Self::from_content(&Zeroizing::new(content))
    }

    pub(super) fn generate(random: &dyn Random) -> Result<Self, RandomError> {
        let mut key = Zeroizing::new([0; LENGTH]);
        random.fill(key.as_mut())?;
        Ok(Self(key))
    }

    pub(super) fn expose(&self) -> &[u8; LENGTH] {
        &self.0
    }

    pub(super) fn to_base64(&self) -> Zeroizing<String> {
        Zeroizing::new(base64url().encode(self.0.as_ref()))
    }

    fn from_content(content: &[u8]) -> Result<Self, VaultKeyError> {
        if content.len() == LENGTH {
            return Self::from_bytes(content);
        }
        Self::from_base64(std::str::from_utf8(content).map_err(|_| VaultKeyError::Weak)?)
    }

    fn from_bytes(bytes: &[u8]) -> Result<Self, VaultKeyError> {
        let key: [u8; LENGTH] = bytes.try_into().map_err(|_| VaultKeyError::Weak)?;
        // 32 random bytes are all printable once in 10^14; repeated bytes give away a placeholder.
        let textual = key.iter().all(|byte| matches!(byte, 0x20..=0x7e));
        let distinct = key.iter().collect::<std::collections::HashSet<_>>().len();
        if textual || distinct < 12 { Err(VaultKeyError::Weak) } else { Ok(Self(Zeroizing::new(key))) }
    }
}

fn base64() -> GeneralPurpose {
    GeneralPurpose::new(&alphabet::STANDARD, LENIENT)
}

fn base64url() -> GeneralPurpose {
    GeneralPurpose::new(&alphabet::URL_SAFE, LENIENT.with_encode_padding(false))
}

const LENIENT: GeneralPurposeConfig =
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent);

impl fmt::Debug for VaultKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("VaultKey(redacted)")
    }
}

/// There is no key to seal files with.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum VaultKeyError {
    /// Nothing is where the key should be.
    #[error("there is no key for the encrypted files")]
    Missing,
    /// It is not 32 bytes, or plainly not random.
    #[error("the key for the encrypted files is not 32 random bytes")]
    Weak,
    /// The file is not to be trusted.
    #[error(transparent)]
    File(#[from] VaultError),
}

impl Diagnose for VaultKeyError {
    fn diagnosis(&self) -> Diagnosis {
        match self {
            Self::Missing | Self::Weak => Diagnosis::new(
                "native.store_key",
                Disposition::Config,
                "give 32 random bytes as base64, such as `openssl rand -base64 32` makes them",
            ),
            Self::File(error) => error.diagnosis(),
        }
    }
}
