use std::fmt;

use super::{Account, Keeper, Replaced, Saved, StoredLogin, Vault, VaultError, WRITE};
use crate::lock::MachineLock;

/// An account's entry that no other process of this machine changes meanwhile. What no store takes keeps the lock.
pub(crate) struct LockedEntry {
    vault: Vault,
    account: Account,
    lock: Option<MachineLock>,
}

/// What became of a refreshed login.
#[derive(Debug)]
pub(crate) enum Outcome {
    /// It is the account's login now.
    Kept(Saved),
    /// Somebody else logged in, or out, meanwhile.
    Superseded(Option<Box<StoredLogin>>),
}

impl LockedEntry {
    pub(super) fn new(vault: Vault, account: Account, lock: MachineLock) -> Self {
        Self { vault, account, lock: Some(lock) }
    }

    /// What the entry has now. It is not guessed from memory: what was read before the lock may be spent.
    pub(crate) async fn load(&self) -> Result<Option<StoredLogin>, VaultError> {
        match self.vault.0.in_hand.waiting(&self.account) {
            Some(waiting) => self.vault.settle(&self.account, waiting).await.map(|(login, _)| login),
            None => self.vault.read(&self.account).await,
        }
    }

    /// Keeps what a refresh made of the entry.
    pub(crate) async fn replace(&self, login: StoredLogin) -> Outcome {
        if login.generation == 0 {
            return Outcome::Kept(self.vault.begin(&self.account, login).await);
        }
        match self.vault.replace(&self.account, login.clone()).await {
            Ok(Replaced::Kept(_)) => Outcome::Kept(Saved::Stored),
            Ok(Replaced::Superseded(other)) => Outcome::Superseded(other.map(Box::new)),
            Err(error) => Outcome::Kept(self.vault.keep_in_hand(&self.account, login, error)),
        }
    }

    /// Takes away a login that the provider ended, unless there is another by now, which is returned.
    pub(crate) async fn end(&self, ended: &StoredLogin) -> Result<Option<StoredLogin>, VaultError> {
        self.vault.0.in_hand.saved(&self.account, None);
        match &self.vault.0.keeper {
            Keeper::Memory(memory) => Ok(memory.end(&self.account, ended)),
            Keeper::Thread(worker) => {
                let (account, ended) = (self.account.clone(), ended.clone());
                worker.call(WRITE, move |backend| backend.end(&account, &ended)).await
            }
        }
    }
}

impl Drop for LockedEntry {
    fn drop(&mut self) {
        if let Some(lock) = self.lock.take() {
            self.vault.0.in_hand.give_lock(&self.account, lock);
        }
    }
}

impl fmt::Debug for LockedEntry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LockedEntry").field("account", &self.account).finish_non_exhaustive()
    }
}
