//! Where tokens rest: the system's secure store, or files sealed with the application's key, or this process alone.

mod account;
mod backend;
mod entry;
mod error;
mod in_hand;
mod index;
mod key;
mod kind;
mod locked;
mod login;
mod memory;
mod policy;
mod sealed;
mod store;
#[cfg(test)]
pub(crate) mod tests;
mod worker;

use std::{path::PathBuf, sync::Arc, time::Duration};

pub use account::{Account, AccountInfo};
pub(crate) use entry::EntryName;
pub use error::{Distrust, VaultError};
pub use key::{VaultKey, VaultKeyError};
pub use kind::StoreKind;
pub(crate) use locked::{LockedEntry, Outcome};
pub(crate) use login::StoredLogin;
pub use policy::StorePolicy;
use vestibule::Random;

use self::{
    backend::{Backend, OpenStore, Replaced},
    in_hand::InHand,
    memory::Memory,
    worker::Worker,
};
use crate::{
    lock::{LockError, LockName, MachineLock},
    private_dir::PrivateDir,
};

/// How long the store may take to be opened, which asks nobody.
const OPEN: Duration = Duration::from_secs(3);
const READ: Duration = Duration::from_secs(5);
const WRITE: Duration = Duration::from_secs(10);
/// How long a person may take to unlock a keyring, at login.
const PERSON: Duration = Duration::from_secs(60);
/// How long an entry is waited for before it is changed without its lock.
const PATIENCE: Duration = Duration::from_secs(15);
/// The same at logout, where somebody waits.
const IMPATIENCE: Duration = Duration::from_secs(3);

/// Keeps logins as the policy says. Clones share everything.
///
/// Needs a tokio runtime with time; nothing in it blocks.
#[derive(Clone, Debug)]
pub(crate) struct Vault(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    keeper: Keeper,
    in_hand: InHand,
    folder: PathBuf,
}

#[derive(Debug)]
enum Keeper {
    Thread(Worker<Backend>),
    Memory(Memory),
}

/// Whether a login outlives this process.
#[derive(Debug)]
pub(crate) enum Saved {
    /// It is where the policy wants it.
    Stored,
    /// It is in memory, and is tried again at the next use (checklist H23).
    InMemoryOnly(VaultError),
}

impl Vault {
    /// A vault as `policy` says. Locks, sealed files and the list of accounts go into `folder`, which is made when it is
    /// needed. Nothing is touched before the first call.
    pub(crate) fn new(policy: StorePolicy, folder: PathBuf, random: Arc<dyn Random>) -> Self {
        match policy {
            StorePolicy::Required => Self::on_store(Arc::new(store::open), folder, random),
            StorePolicy::EncryptedFile(key) => {
                let within = folder.clone();
                let make = move || Backend::on_files(key.clone(), within.clone(), Arc::clone(&random));
                Self::with(Keeper::Thread(Worker::new(make)), folder)
            }
            StorePolicy::MemoryOnly => Self::with(Keeper::Memory(Memory::default()), folder),
        }
    }

    fn on_store(open: OpenStore, folder: PathBuf, random: Arc<dyn Random>) -> Self {
        let within = folder.clone();
        let make = move || Backend::on_store(Arc::clone(&open), within.clone(), Arc::clone(&random));
        Self::with(Keeper::Thread(Worker::new(make)), folder)
    }

    fn with(keeper: Keeper, folder: PathBuf) -> Self {
        Self(Arc::new(Inner { keeper, in_hand: InHand::default(), folder }))
    }

    /// Finds out before a login whether what comes of it can be kept: writes something, reads it back and removes it
    /// (checklist F17). A locked keyring may ask the user for its password, for at most a minute.
    pub(crate) async fn probe(&self) -> Result<StoreKind, VaultError> {
        let Keeper::Thread(worker) = &self.0.keeper else { return Ok(StoreKind::Memory) };
        let kind = worker.call(OPEN, Backend::open).await?;
        worker.call(PERSON, Backend::exercise).await?;
        Ok(kind)
    }

    /// The login of an account. When the store cannot be read now, what this process read last.
    pub(crate) async fn load(&self, account: &Account) -> Result<Option<StoredLogin>, VaultError> {
        if let Some(waiting) = self.0.in_hand.waiting(account) {
            return self.settle(account, waiting).await.map(|(login, _)| login);
        }
        self.read(account).await.or_else(|error| match self.0.in_hand.last(account) {
            Some(last) if !matches!(error, VaultError::Corrupt | VaultError::Untrusted { .. }) => {
                tracing::warn!(event = "native.store_unread", %error, "going on with the login in memory");
                Ok(Some(last))
            }
            _ => Err(error),
        })
    }

    /// Keeps what a login brought, and makes the account the current one of its client.
    pub(crate) async fn save(&self, account: &Account, login: StoredLogin) -> Saved {
        // Nothing is under way for as long as this: a login is worth more than the order.
        let _lock = self.lock_entry(account, PATIENCE).await.ok();
        self.begin(account, login).await
    }

    /// Takes a login away, and returns it for its tokens to be revoked. When it cannot be taken from the store, an error
    /// says so, and this process has forgotten it all the same (checklist F21).
    pub(crate) async fn remove(&self, account: &Account) -> Result<Option<StoredLogin>, VaultError> {
        let _lock = self.lock_entry(account, IMPATIENCE).await.ok();
        let waiting = self.0.in_hand.waiting(account);
        let found = match &self.0.keeper {
            Keeper::Memory(memory) => Ok(memory.remove(account)),
            Keeper::Thread(worker) => {
                let account = account.clone();
                worker.call(WRITE, move |backend| backend.remove(&account)).await
            }
        };
        self.0.in_hand.saved(account, None);
        Ok(waiting.or(found?))
    }

    /// Every account that is known here.
    pub(crate) async fn accounts(&self) -> Result<Vec<AccountInfo>, VaultError> {
        match &self.0.keeper {
            Keeper::Memory(memory) => Ok(memory.accounts()),
            Keeper::Thread(worker) => worker.call(READ, Backend::accounts).await,
        }
    }

    /// The account that is meant when none is named.
    pub(crate) async fn current(&self, issuer: &str, client_id: &str) -> Result<Option<Account>, VaultError> {
        let (issuer, client_id) = (issuer.to_owned(), client_id.to_owned());
        match &self.0.keeper {
            Keeper::Memory(memory) => Ok(memory.current(&issuer, &client_id)),
            Keeper::Thread(worker) => {
                worker.call(READ, move |backend| backend.current(&issuer, &client_id)).await
            }
        }
    }

    /// One login at a time: of this client and account, or of whoever logs in.
    pub(crate) async fn lock_login(
        &self,
        issuer: &str,
        client_id: &str,
        hint: Option<&str>,
        wait: Duration,
    ) -> Result<MachineLock, LockError> {
        self.lock(&LockName::login(issuer, client_id, hint), wait).await
    }

    /// The account's entry, to be changed by nobody else on this machine.
    pub(crate) async fn lock_entry(
        &self,
        account: &Account,
        wait: Duration,
    ) -> Result<LockedEntry, LockError> {
        let lock = match self.0.in_hand.take_lock(account) {
            Some(lock) => lock,
            None => self.lock(&LockName::entry(account), wait).await?,
        };
        Ok(LockedEntry::new(self.clone(), account.clone(), lock))
    }

    async fn lock(&self, name: &LockName, wait: Duration) -> Result<MachineLock, LockError> {
        match &self.0.keeper {
            Keeper::Memory(memory) => memory.lock(name, wait).await,
            Keeper::Thread(_) => {
                let locks = PrivateDir::open(&self.0.folder)?.child("locks")?;
                MachineLock::take(&locks, name, wait).await
            }
        }
    }

    async fn read(&self, account: &Account) -> Result<Option<StoredLogin>, VaultError> {
        let found = match &self.0.keeper {
            Keeper::Memory(memory) => return Ok(memory.load(account)),
            Keeper::Thread(worker) => {
                let account = account.clone();
                worker.call(READ, move |backend| backend.load(&account)).await?
            }
        };
        self.0.in_hand.saved(account, found.as_ref());
        Ok(found)
    }

    async fn begin(&self, account: &Account, login: StoredLogin) -> Saved {
        let kept = match &self.0.keeper {
            Keeper::Memory(memory) => {
                memory.begin(account, login);
                return Saved::Stored;
            }
            Keeper::Thread(worker) => {
                let (account, login) = (account.clone(), login.clone());
                worker.call(WRITE, move |backend| backend.begin(&account, login)).await
            }
        };
        match kept {
            Ok(login) => {
                self.0.in_hand.saved(account, Some(&login));
                Saved::Stored
            }
            Err(error) => self.keep_in_hand(account, login, error),
        }
    }

    async fn replace(&self, account: &Account, login: StoredLogin) -> Result<Replaced, VaultError> {
        match &self.0.keeper {
            Keeper::Memory(memory) => Ok(memory.replace(account, login)),
            Keeper::Thread(worker) => {
                let key = account.clone();
                let replaced = worker.call(WRITE, move |backend| backend.replace(&key, login)).await?;
                let (Replaced::Kept(found) | Replaced::Superseded(Some(found))) = &replaced else {
                    self.0.in_hand.saved(account, None);
                    return Ok(replaced);
                };
                self.0.in_hand.saved(account, Some(found));
                Ok(replaced)
            }
        }
    }

    /// Tries again to keep what no store took.
    async fn settle(
        &self,
        account: &Account,
        waiting: StoredLogin,
    ) -> Result<(Option<StoredLogin>, Saved), VaultError> {
        if waiting.generation == 0 {
            let saved = self.begin(account, waiting).await;
            return Ok((self.0.in_hand.last(account), saved));
        }
        match self.replace(account, waiting.clone()).await {
            Ok(Replaced::Kept(login)) => Ok((Some(login), Saved::Stored)),
            Ok(Replaced::Superseded(other)) => Ok((other, Saved::Stored)),
            Err(error) => Ok((Some(waiting.clone()), self.keep_in_hand(account, waiting, error))),
        }
    }

    fn keep_in_hand(&self, account: &Account, login: StoredLogin, error: VaultError) -> Saved {
        tracing::warn!(
            event = "native.store_unwritten",
            %error,
            "the login is in memory only, and is written at its next use"
        );
        self.0.in_hand.unsaved(account, login);
        Saved::InMemoryOnly(error)
    }
}
