use linux_keyutils_keyring_store::Store;

use super::{SecretStore, exercise, keyring::Keyring};
use crate::vault::{EntryName, StoreKind, VaultError};

/// An ordinary user has 20 000 bytes in all.
const LARGEST_ENTRY: usize = 4096;

/// The kernel's keyring of this login session. Without such a session, as in daemons, it takes nothing; so it is tried.
pub(super) fn open() -> Result<Box<dyn SecretStore>, VaultError> {
    let store = Store::new().map_err(|error| VaultError::Absent(error.to_string()))?;
    let kind = StoreKind::KernelKeyring;
    let keyring = Keyring { kind, store, largest_entry: LARGEST_ENTRY, labelled: false };
    exercise(&keyring, &EntryName::trial(&format!("process {}", std::process::id())))?;
    Ok(Box::new(keyring))
}
