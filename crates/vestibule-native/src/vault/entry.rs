use std::{borrow::Cow, fmt};

use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::{Account, StoredLogin, VaultError, VaultKey};

/// Under which name something lies in a store: what people see in their keyring's window.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct EntryName {
    pub(crate) service: String,
    pub(crate) user: String,
    pub(crate) label: String,
}

impl EntryName {
    pub(crate) fn of(account: &Account) -> Self {
        Self {
            service: format!("vestibule {} {}", account.issuer, account.client_id),
            user: account.subject.clone(),
            label: format!("{}: {} at {}", account.client_id, account.subject, account.issuer),
        }
    }

    /// Something to try a store with. Several processes may try at once.
    pub(super) fn trial(mark: &str) -> Self {
        let service = "vestibule trial".to_owned();
        Self { label: "vestibule: is this store usable?".to_owned(), service, user: mark.to_owned() }
    }
}

/// What lies in an account's entry.
pub(super) enum Entry {
    /// The login itself.
    Login(Box<StoredLogin>),
    /// The key of the file that has the login, which the store has no room for.
    Key(VaultKey),
}

const VERSION: u8 = 1;

#[derive(Serialize, Deserialize)]
struct KeyEntry<'a> {
    version: u8,
    #[serde(borrow)]
    sealed_with: Cow<'a, str>,
}

impl Entry {
    pub(super) fn read(account: &Account, bytes: &[u8]) -> Result<Self, VaultError> {
        if let Ok(entry) = serde_json::from_slice::<KeyEntry<'_>>(bytes) {
            let key = (entry.version == VERSION).then(|| VaultKey::from_base64(&entry.sealed_with).ok());
            return key.flatten().map(Self::Key).ok_or(VaultError::Corrupt);
        }
        let login = StoredLogin::from_bytes(account, bytes).ok_or(VaultError::Corrupt)?;
        Ok(Self::Login(Box::new(login)))
    }

    /// The entry that holds a key.
    pub(super) fn of_key(key: &VaultKey) -> Zeroizing<Vec<u8>> {
        let text = key.to_base64();
        let mut bytes = Zeroizing::new(Vec::with_capacity(256));
        // Strings and numbers always serialise.
        let _ = serde_json::to_writer(
            &mut *bytes,
            &KeyEntry { version: VERSION, sealed_with: Cow::Borrowed(&text) },
        );
        bytes
    }
}

impl fmt::Debug for Entry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Login(_) => "Entry::Login(redacted)",
            Self::Key(_) => "Entry::Key(redacted)",
        })
    }
}
