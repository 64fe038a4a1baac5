use std::{
    collections::HashMap,
    fmt,
    sync::{Mutex, MutexGuard, PoisonError},
};

use super::{Account, StoredLogin};
use crate::lock::MachineLock;

/// What this process has read or brought, for when the store locks itself or the disk is full (checklist H23).
#[derive(Default)]
pub(super) struct InHand(Mutex<HashMap<Account, Hand>>);

struct Hand {
    login: StoredLogin,
    /// No store took it: it is nowhere else, and what the store has instead is spent. So the account's lock is held until
    /// it is kept, since another process that used the spent token would end the login everywhere.
    unsaved: bool,
    lock: Option<MachineLock>,
}

impl InHand {
    /// The store has this.
    pub(super) fn saved(&self, account: &Account, login: Option<&StoredLogin>) {
        let hand = login.map(|login| Hand { login: login.clone(), unsaved: false, lock: None });
        let mut hands = self.hands();
        match hand {
            Some(hand) => drop(hands.insert(account.clone(), hand)),
            None => drop(hands.remove(account)),
        }
    }

    /// No store took this.
    pub(super) fn unsaved(&self, account: &Account, login: StoredLogin) {
        let mut hands = self.hands();
        let lock = hands.remove(account).and_then(|hand| hand.lock);
        hands.insert(account.clone(), Hand { login, unsaved: true, lock });
    }

    /// What waits to be kept.
    pub(super) fn waiting(&self, account: &Account) -> Option<StoredLogin> {
        self.hands().get(account).filter(|hand| hand.unsaved).map(|hand| hand.login.clone())
    }

    /// What was read last.
    pub(super) fn last(&self, account: &Account) -> Option<StoredLogin> {
        self.hands().get(account).map(|hand| hand.login.clone())
    }

    /// The lock of an account that waits, for whoever changes it next.
    pub(super) fn take_lock(&self, account: &Account) -> Option<MachineLock> {
        self.hands().get_mut(account)?.lock.take()
    }

    /// Lets the lock go, unless the account waits.
    pub(super) fn give_lock(&self, account: &Account, lock: MachineLock) {
        if let Some(hand) = self.hands().get_mut(account).filter(|hand| hand.unsaved) {
            hand.lock = Some(lock);
        }
    }

    fn hands(&self) -> MutexGuard<'_, HashMap<Account, Hand>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for InHand {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("InHand").field(&self.hands().len()).finish()
    }
}
