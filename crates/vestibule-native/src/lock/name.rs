use aws_lc_rs::digest;

use crate::vault::Account;

/// What is locked. Whoever holds both takes the login's first.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct LockName(String);

impl LockName {
    /// One login at a time, of this client and this account, or of whoever logs in.
    pub(crate) fn login(issuer: &str, client_id: &str, account: Option<&str>) -> Self {
        Self(format!("login-{}", digest_of(&[issuer, client_id, account.unwrap_or_default()])))
    }

    pub(super) fn as_str(&self) -> &str {
        &self.0
    }

    /// One change of an account's entry at a time: a refresh, the end of a login, a logout.
    pub(crate) fn entry(account: &Account) -> Self {
        Self(format!("entry-{}", account.file_name()))
    }
}

/// A file name that tells nothing, and is another for other parts.
pub(crate) fn digest_of(parts: &[&str]) -> String {
    let mut context = digest::Context::new(&digest::SHA256);
    for part in parts {
        context.update(&(part.len() as u64).to_be_bytes());
        context.update(part.as_bytes());
    }
    let digest = context.finish();
    digest.as_ref().iter().take(16).map(|byte| format!("{byte:02x}")).collect()
}
