use windows_native_keyring_store::Store;

use super::{SecretStore, keyring::Keyring};
use crate::vault::{StoreKind, VaultError};

/// `CRED_MAX_CREDENTIAL_BLOB_SIZE`.
const LARGEST_ENTRY: usize = 2560;

/// The user's generic credentials.
pub(in crate::vault) fn open() -> Result<Box<dyn SecretStore>, VaultError> {
    let store = Store::new().map_err(|error| VaultError::Absent(error.to_string()))?;
    let kind = StoreKind::CredentialManager;
    Ok(Box::new(Keyring { kind, store, largest_entry: LARGEST_ENTRY, labelled: false }))
}
