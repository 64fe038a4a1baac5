use apple_native_keyring_store::keychain::Store;

use super::{SecretStore, keyring::Keyring};
use crate::vault::{StoreKind, VaultError};

const LARGEST_ENTRY: usize = 16 * 1024;

/// The user's login Keychain.
pub(in crate::vault) fn open() -> Result<Box<dyn SecretStore>, VaultError> {
    let store = Store::new().map_err(|error| VaultError::Absent(error.to_string()))?;
    let kind = StoreKind::Keychain;
    Ok(Box::new(Keyring { kind, store, largest_entry: LARGEST_ENTRY, labelled: false }))
}
