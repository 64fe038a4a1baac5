use std::fmt;

use serde::{Deserialize, Serialize};

use crate::lock;

/// Whose login it is: entries are kept, locks are taken by these three together (checklist F22).
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Account {
    /// Who logged the user in.
    pub issuer: String,
    /// Which application it was for.
    pub client_id: String,
    /// The user's `sub`.
    pub subject: String,
}

/// An account that is known on this machine. It may be signed out elsewhere by now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct AccountInfo {
    /// Which.
    #[serde(flatten)]
    pub account: Account,
    /// How people know it, such as the e-mail address.
    pub label: String,
    /// Whether it is the one that is used when none is named.
    pub current: bool,
}

impl Account {
    pub(crate) fn file_name(&self) -> String {
        lock::digest_of(&[&self.issuer, &self.client_id, &self.subject])
    }

    pub(super) fn belongs_to(&self, issuer: &str, client_id: &str) -> bool {
        self.issuer == issuer && self.client_id == client_id
    }
}

impl fmt::Display for Account {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} at {}", self.subject, self.issuer)
    }
}
