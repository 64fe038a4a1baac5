use zbus_secret_service_keyring_store::Store;

use super::{SecretStore, keyring::Keyring};
use crate::vault::{StoreKind, VaultError};

/// Larger entries were never seen to fail; this is what others keep there too.
const LARGEST_ENTRY: usize = 64 * 1024;

/// The Secret Service of the session bus. It never asks anything while it is opened.
pub(super) fn open() -> Result<Box<dyn SecretStore>, VaultError> {
    let store = Store::new().map_err(|error| VaultError::Absent(error.to_string()))?;
    let kind = StoreKind::SecretService;
    Ok(Box::new(Keyring { kind, store, largest_entry: LARGEST_ENTRY, labelled: true }))
}
