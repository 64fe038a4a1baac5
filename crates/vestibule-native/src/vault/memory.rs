use std::{
    collections::HashMap,
    fmt,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use tokio::time::timeout;

use super::{Account, AccountInfo, StoredLogin, backend::Replaced, index::Index};
use crate::lock::{Held, LockError, LockName, MachineLock};

/// Logins in this process alone.
#[derive(Default)]
pub(super) struct Memory(Mutex<State>);

#[derive(Default)]
struct State {
    logins: HashMap<Account, StoredLogin>,
    index: Index,
    locks: HashMap<LockName, Arc<tokio::sync::Mutex<()>>>,
}

impl Memory {
    pub(super) fn load(&self, account: &Account) -> Option<StoredLogin> {
        self.state().logins.get(account).cloned()
    }

    pub(super) fn begin(&self, account: &Account, login: StoredLogin) -> StoredLogin {
        let mut state = self.state();
        let before = state.logins.get(account).map_or(0, |before| before.generation);
        let login = StoredLogin { generation: before.saturating_add(1), ..login };
        state.index.note(account, &login.label);
        state.index.select(account);
        state.logins.insert(account.clone(), login.clone());
        login
    }

    pub(super) fn replace(&self, account: &Account, login: StoredLogin) -> Replaced {
        let mut state = self.state();
        match state.logins.get_mut(account) {
            Some(found) if found.identity == login.identity && found.generation < login.generation => {
                found.clone_from(&login);
                Replaced::Kept(login)
            }
            other => Replaced::Superseded(other.cloned()),
        }
    }

    pub(super) fn remove(&self, account: &Account) -> Option<StoredLogin> {
        let mut state = self.state();
        state.index.remove(account);
        state.logins.remove(account)
    }

    pub(super) fn end(&self, account: &Account, ended: &StoredLogin) -> Option<StoredLogin> {
        let newer = self.load(account).filter(|found| found.supersedes(ended));
        if newer.is_none() {
            self.remove(account);
        }
        newer
    }

    pub(super) fn current(&self, issuer: &str, client_id: &str) -> Option<Account> {
        self.state().index.current(issuer, client_id).cloned()
    }

    pub(super) fn accounts(&self) -> Vec<AccountInfo> {
        self.state().index.clone().into_accounts()
    }

    pub(super) async fn lock(&self, name: &LockName, wait: Duration) -> Result<MachineLock, LockError> {
        let lock = Arc::clone(self.state().locks.entry(name.clone()).or_default());
        let taken = timeout(wait, lock.lock_owned()).await;
        taken.map(|guard| MachineLock::held(Held::Process(guard))).map_err(|_| LockError::Busy)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Memory {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Memory").finish_non_exhaustive()
    }
}
