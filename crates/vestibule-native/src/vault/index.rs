use serde::{Deserialize, Serialize};

use super::{Account, AccountInfo, VaultError};
use crate::private_dir::PrivateDir;

const FILE: &str = "accounts.json";

/// Which accounts are known here, and which is meant when none is named. No secret, and nothing that is believed: losing
/// it costs a login.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(super) struct Index {
    accounts: Vec<AccountInfo>,
}

impl Index {
    pub(super) fn read(dir: &PrivateDir) -> Result<Self, VaultError> {
        Ok(dir.read(FILE)?.map_or_else(Self::default, |content| Self::parse(&content)))
    }

    /// Changes the file, unless it is as it should be already.
    pub(super) fn update(dir: &PrivateDir, change: impl FnOnce(&mut Self)) -> Result<(), VaultError> {
        dir.update(FILE, |content| {
            let mut index = content.map_or_else(Self::default, |content| Self::parse(&content));
            let before = index.accounts.clone();
            change(&mut index);
            let changed = index.accounts != before;
            // Strings and truth values always serialise.
            (changed.then(|| serde_json::to_vec_pretty(&index).unwrap_or_default()), ())
        })
    }

    /// Adds the account, or renames it. It becomes the current one of its client if there is none.
    pub(super) fn note(&mut self, account: &Account, label: &str) {
        match self.accounts.iter_mut().find(|known| known.account == *account) {
            Some(known) => label.clone_into(&mut known.label),
            None => {
                let (account, label) = (account.clone(), label.to_owned());
                let current = self.current(&account.issuer, &account.client_id).is_none();
                self.accounts.push(AccountInfo { account, label, current });
            }
        }
    }

    /// Makes the account the current one of its client.
    pub(super) fn select(&mut self, account: &Account) {
        let siblings = self
            .accounts
            .iter_mut()
            .filter(|known| known.account.belongs_to(&account.issuer, &account.client_id));
        for known in siblings {
            known.current = known.account == *account;
        }
    }

    pub(super) fn remove(&mut self, account: &Account) {
        self.accounts.retain(|known| known.account != *account);
    }

    pub(super) fn current(&self, issuer: &str, client_id: &str) -> Option<&Account> {
        let is_current = |known: &&AccountInfo| known.current && known.account.belongs_to(issuer, client_id);
        self.accounts.iter().find(is_current).map(|known| &known.account)
    }

    pub(super) fn into_accounts(self) -> Vec<AccountInfo> {
        self.accounts
    }

    fn parse(content: &[u8]) -> Self {
        serde_json::from_slice(content).unwrap_or_else(|_| {
            tracing::warn!(event = "native.accounts_lost", "the list of accounts is damaged, and begun anew");
            Self::default()
        })
    }
}
