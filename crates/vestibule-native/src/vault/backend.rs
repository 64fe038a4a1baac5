use std::{fmt, path::PathBuf, sync::Arc};

use vestibule::Random;
use zeroize::Zeroizing;

use super::{
    Account, AccountInfo, Distrust, EntryName, StoreKind, StoredLogin, VaultError, VaultKey,
    entry::Entry,
    index::Index,
    sealed::SealedFiles,
    store::{SecretStore, exercise},
};
use crate::private_dir::PrivateDir;

pub(super) type OpenStore = Arc<dyn Fn() -> Result<Box<dyn SecretStore>, VaultError> + Send + Sync>;

/// What became of a login that was to replace another.
#[derive(Debug)]
pub(super) enum Replaced {
    Kept(StoredLogin),
    Superseded(Option<StoredLogin>),
}

/// What the vault's thread has: the store, the sealed files, the list of accounts.
#[derive(Debug)]
pub(super) struct Backend {
    medium: Medium,
    files: SealedFiles,
    folder: PathBuf,
    random: Arc<dyn Random>,
}

enum Medium {
    Store { open: OpenStore, opened: Option<Box<dyn SecretStore>> },
    Files(VaultKey),
}

impl Backend {
    pub(super) fn on_store(open: OpenStore, folder: PathBuf, random: Arc<dyn Random>) -> Self {
        Self::new(Medium::Store { open, opened: None }, folder, random)
    }

    pub(super) fn on_files(key: VaultKey, folder: PathBuf, random: Arc<dyn Random>) -> Self {
        Self::new(Medium::Files(key), folder, random)
    }

    fn new(medium: Medium, folder: PathBuf, random: Arc<dyn Random>) -> Self {
        Self { medium, files: SealedFiles::new(folder.join("sealed"), Arc::clone(&random)), folder, random }
    }

    /// Opens what is to be used, which asks nobody anything.
    pub(super) fn open(&mut self) -> Result<StoreKind, VaultError> {
        PrivateDir::open(&self.folder)?;
        match &self.medium {
            Medium::Files(_) => Ok(StoreKind::EncryptedFile),
            Medium::Store { .. } => self.on_opened(|store, _| Ok(store.kind())),
        }
    }

    /// Writes something, reads it back, and removes it.
    pub(super) fn exercise(&mut self) -> Result<(), VaultError> {
        let mut mark = [0; 8];
        self.random.fill(&mut mark)?;
        let mark = u64::from_be_bytes(mark).to_string();
        if let Medium::Files(key) = &self.medium {
            let nobody = Account { issuer: "trial".to_owned(), client_id: mark, subject: String::new() };
            self.files.write(key, &nobody, b"can be written and read")?;
            let read = self.files.read(key, &nobody);
            self.files.remove(&nobody)?;
            return read.map(|_| ());
        }
        self.on_opened(|store, _| exercise(store, &EntryName::trial(&mark)))
    }

    pub(super) fn load(&mut self, account: &Account) -> Result<Option<StoredLogin>, VaultError> {
        if let Medium::Files(key) = &self.medium {
            let plain = self.files.read(key, account)?;
            return plain
                .map(|plain| StoredLogin::from_bytes(account, &plain).ok_or(VaultError::Corrupt))
                .transpose();
        }
        self.on_opened(|store, files| match read_entry(store, account)? {
            None => Ok(None),
            Some(Entry::Login(login)) => Ok(Some(*login)),
            Some(Entry::Key(key)) => {
                let Some(plain) = files.read(&key, account)? else { return Ok(None) };
                StoredLogin::from_bytes(account, &plain).map(Some).ok_or(VaultError::Corrupt)
            }
        })
    }

    /// Keeps the login of somebody who just logged in, whatever was there, and makes the account the current one.
    pub(super) fn begin(&mut self, account: &Account, login: StoredLogin) -> Result<StoredLogin, VaultError> {
        let before = match self.load(account) {
            Ok(before) => before.map_or(0, |before| before.generation),
            // It is replaced.
            Err(VaultError::Corrupt | VaultError::Untrusted { why: Distrust::Seal, .. }) => 0,
            Err(error) => return Err(error),
        };
        let login = StoredLogin { generation: before.saturating_add(1), ..login };
        self.save(account, &login)?;
        Index::update(&self.dir()?, |index| {
            index.note(account, &login.label);
            index.select(account);
        })?;
        Ok(login)
    }

    /// Keeps what a refresh made of the entry, unless somebody else logged in or out meanwhile.
    pub(super) fn replace(&mut self, account: &Account, login: StoredLogin) -> Result<Replaced, VaultError> {
        match self.load(account)? {
            // Generations count within one login.
            Some(found) if found.identity != login.identity => Ok(Replaced::Superseded(Some(found))),
            Some(found) if found.generation < login.generation => {
                self.save(account, &login)?;
                Ok(Replaced::Kept(login))
            }
            Some(found) if found.tokens.access_token == login.tokens.access_token => {
                Ok(Replaced::Kept(found))
            }
            other => Ok(Replaced::Superseded(other)),
        }
    }

    /// Keeps a login. Whatever goes wrong on the way, the old one stays readable until the new one is.
    fn save(&mut self, account: &Account, login: &StoredLogin) -> Result<(), VaultError> {
        let plain = login.to_bytes(account);
        if let Medium::Files(key) = &self.medium {
            return self.files.write(key, account, &plain);
        }
        let random = Arc::clone(&self.random);
        self.on_opened(|store, files| put(store, files, account, &plain, &*random))
    }

    /// Takes a login away, and what belongs to it. What cannot be read is taken away too. The account is struck off the
    /// list even if its store is locked: what is left in there is not used again.
    pub(super) fn remove(&mut self, account: &Account) -> Result<Option<StoredLogin>, VaultError> {
        let found = self.load(account);
        let struck = self.dir().and_then(|dir| Index::update(&dir, |index| index.remove(account)));
        match self.medium {
            Medium::Files(_) => self.files.remove(account).map(|_| ())?,
            Medium::Store { .. } => self.on_opened(|store, files| {
                store.delete(&EntryName::of(account))?;
                files.remove(account).map(|_| ())
            })?,
        }
        struck.map(|()| found.unwrap_or_default())
    }

    /// Takes away this login, which the provider ended. A newer one is left, and returned.
    pub(super) fn end(
        &mut self,
        account: &Account,
        ended: &StoredLogin,
    ) -> Result<Option<StoredLogin>, VaultError> {
        match self.load(account)? {
            Some(newer) if newer.supersedes(ended) => Ok(Some(newer)),
            _ => self.remove(account).map(|_| None),
        }
    }

    pub(super) fn current(&mut self, issuer: &str, client_id: &str) -> Result<Option<Account>, VaultError> {
        Ok(Index::read(&self.dir()?)?.current(issuer, client_id).cloned())
    }

    pub(super) fn accounts(&mut self) -> Result<Vec<AccountInfo>, VaultError> {
        Ok(Index::read(&self.dir()?)?.into_accounts())
    }

    fn dir(&self) -> Result<PrivateDir, VaultError> {
        PrivateDir::open(&self.folder)
    }

    /// Uses the store, which is opened when it is not. One that failed is opened anew the next time.
    fn on_opened<T>(
        &mut self,
        act: impl FnOnce(&dyn SecretStore, &SealedFiles) -> Result<T, VaultError>,
    ) -> Result<T, VaultError> {
        let Medium::Store { open, opened } = &mut self.medium else {
            return Err(VaultError::Absent("the policy is to use files".to_owned()));
        };
        let store = match opened {
            Some(store) => store,
            None => opened.insert(open()?),
        };
        let outcome = act(store.as_ref(), &self.files);
        if matches!(outcome, Err(VaultError::Failed(_))) {
            *opened = None;
        }
        outcome
    }
}

fn read_entry(store: &dyn SecretStore, account: &Account) -> Result<Option<Entry>, VaultError> {
    store.get(&EntryName::of(account))?.map(|bytes| Entry::read(account, &bytes)).transpose()
}

fn put(
    store: &dyn SecretStore,
    files: &SealedFiles,
    account: &Account,
    plain: &Zeroizing<Vec<u8>>,
    random: &dyn Random,
) -> Result<(), VaultError> {
    let name = EntryName::of(account);
    if plain.len() <= store.largest_entry() {
        store.set(&name, plain)?;
        return files.remove(account).map(|_| ());
    }
    match read_entry(store, account) {
        Ok(Some(Entry::Key(key))) => files.write(&key, account, plain),
        // A damaged entry is replaced like none.
        Ok(_) | Err(VaultError::Corrupt) => {
            let key = VaultKey::generate(random)?;
            files.write(&key, account, plain)?;
            store.set(&name, &Entry::of_key(&key))
        }
        Err(error) => Err(error),
    }
}

impl fmt::Debug for Medium {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Store { opened, .. } => f.debug_tuple("Store").field(opened).finish(),
            Self::Files(key) => f.debug_tuple("Files").field(key).finish(),
        }
    }
}
