use std::{collections::HashMap, sync::Arc};

use keyring_core::{CredentialStore, Entry, Error};
use zeroize::Zeroizing;

use super::SecretStore;
use crate::vault::{EntryName, StoreKind, VaultError};

/// A store that is reached through `keyring-core`.
#[derive(Debug)]
pub(super) struct Keyring {
    pub(super) kind: StoreKind,
    pub(super) store: Arc<CredentialStore>,
    pub(super) largest_entry: usize,
    /// Whether entries have a label for people.
    pub(super) labelled: bool,
}

impl Keyring {
    fn entry(&self, name: &EntryName) -> Result<Entry, VaultError> {
        let modifiers = HashMap::from([("label", name.label.as_str())]);
        let built = self.store.build(&name.service, &name.user, self.labelled.then_some(&modifiers));
        built.map_err(|error| self.failure(&error))
    }

    /// What the error means. Its bytes, where it has some, are never shown.
    fn failure(&self, error: &Error) -> VaultError {
        match error {
            Error::NoStorageAccess(_) if self.kind == StoreKind::KernelKeyring => VaultError::Denied,
            Error::NoStorageAccess(_) => VaultError::Locked,
            Error::BadEncoding(_) | Error::BadDataFormat(..) => VaultError::Corrupt,
            Error::PlatformFailure(cause) if cause.to_string().to_lowercase().contains("quota") => {
                VaultError::Full
            }
            other => VaultError::Failed(other.to_string()),
        }
    }
}

impl SecretStore for Keyring {
    fn kind(&self) -> StoreKind {
        self.kind
    }

    fn largest_entry(&self) -> usize {
        self.largest_entry
    }

    fn get(&self, name: &EntryName) -> Result<Option<Zeroizing<Vec<u8>>>, VaultError> {
        match self.entry(name)?.get_secret() {
            Ok(secret) => Ok(Some(Zeroizing::new(secret))),
            Err(Error::NoEntry) => Ok(None),
            // None of them is to be believed more than the others.
            Err(Error::Ambiguous(entries)) => {
                delete_all(&entries).map(|()| None).map_err(|error| self.failure(&error))
            }
            Err(error) => Err(self.failure(&error)),
        }
    }

    fn set(&self, name: &EntryName, secret: &[u8]) -> Result<(), VaultError> {
        let entry = self.entry(name)?;
        let written = entry.set_secret(secret).or_else(|error| match error {
            Error::Ambiguous(entries) => delete_all(&entries).and_then(|()| entry.set_secret(secret)),
            error => Err(error),
        });
        written.map_err(|error| self.failure(&error))
    }

    fn delete(&self, name: &EntryName) -> Result<bool, VaultError> {
        match self.entry(name)?.delete_credential() {
            Ok(()) => Ok(true),
            Err(Error::NoEntry) => Ok(false),
            Err(Error::Ambiguous(entries)) => {
                delete_all(&entries).map(|()| true).map_err(|error| self.failure(&error))
            }
            Err(error) => Err(self.failure(&error)),
        }
    }
}

fn delete_all(entries: &[Entry]) -> Result<(), Error> {
    entries.iter().try_for_each(|entry| match entry.delete_credential() {
        Err(Error::NoEntry) => Ok(()),
        other => other,
    })
}
