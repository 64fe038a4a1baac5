//! The secure stores of the systems, behind one trait.

use std::fmt::Debug;

use zeroize::Zeroizing;

use super::{EntryName, StoreKind, VaultError};

#[cfg(target_os = "macos")]
mod apple;
#[cfg(test)]
pub(crate) mod fake;
mod keyring;
#[cfg(target_os = "linux")]
mod keyutils;
#[cfg(target_os = "linux")]
mod secret_service;
#[cfg(windows)]
mod windows;

/// A secure store. Calls block: they are made on the vault's own thread, and nowhere else.
pub(crate) trait SecretStore: Debug + 'static {
    /// Which it is.
    fn kind(&self) -> StoreKind;

    /// How many bytes an entry may have.
    fn largest_entry(&self) -> usize;

    /// What lies there; `None` when nothing does.
    fn get(&self, name: &EntryName) -> Result<Option<Zeroizing<Vec<u8>>>, VaultError>;

    /// Puts it there, in place of what was.
    fn set(&self, name: &EntryName, secret: &[u8]) -> Result<(), VaultError>;

    /// Removes it; whether there was something.
    fn delete(&self, name: &EntryName) -> Result<bool, VaultError>;
}

/// Tries a store: an entry is written, read back, and removed. Reading alone proves nothing.
pub(super) fn exercise(store: &dyn SecretStore, name: &EntryName) -> Result<(), VaultError> {
    const TRIAL: &[u8] = b"can be written and read";
    store.set(name, TRIAL)?;
    let found = store.get(name);
    let removed = store.delete(name);
    match found? {
        Some(found) if found.as_slice() == TRIAL => removed.map(|_| ()),
        _ => Err(VaultError::Failed("it does not keep what is written".to_owned())),
    }
}

/// The store of this system, as far as one can tell without writing.
#[cfg(target_os = "linux")]
pub(super) fn open() -> Result<Box<dyn SecretStore>, VaultError> {
    // Absent, not locked: where there is a Secret Service, it is the one.
    secret_service::open().or_else(|absent| match absent {
        VaultError::Absent(_) => keyutils::open().map_err(|_| absent),
        other => Err(other),
    })
}

#[cfg(target_os = "macos")]
pub(super) use apple::open;
#[cfg(windows)]
pub(super) use windows::open;

#[cfg(not(any(target_os = "linux", target_os = "macos", windows)))]
pub(super) fn open() -> Result<Box<dyn SecretStore>, VaultError> {
    Err(VaultError::Absent("none is known for this system".to_owned()))
}
