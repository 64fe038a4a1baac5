use std::sync::OnceLock;

use linux_keyutils_keyring_store::Store;

use super::{SecretStore, exercise, keyring::Keyring};
use crate::vault::{EntryName, StoreKind, VaultError};

/// An ordinary user has 20 000 bytes in all.
const LARGEST_ENTRY: usize = 4096;

/// What came of the first trial. Without a login session, as in daemons, it fails, and leaves a keyring behind that ends
/// with this process: a second trial would succeed in there.
static FIRST_TRIAL: OnceLock<Result<(), VaultError>> = OnceLock::new();

/// The kernel's keyring of this login session.
pub(super) fn open() -> Result<Box<dyn SecretStore>, VaultError> {
    let store = Store::new().map_err(|error| VaultError::Absent(error.to_string()))?;
    let kind = StoreKind::KernelKeyring;
    let keyring = Keyring { kind, store, largest_entry: LARGEST_ENTRY, labelled: false };
    let name = || EntryName::trial(&format!("process {}", std::process::id()));
    FIRST_TRIAL.get_or_init(|| exercise(&keyring, &name())).clone()?;
    Ok(Box::new(keyring))
}
