use std::time::Duration;

use vestibule::Identity;

use super::{Login, LoginEvent};
use crate::{
    NativeApp, NativeError, User,
    lock::{LockError, MachineLock},
};

/// The login that is meant when none is named.
pub(super) struct Newest {
    /// Tells logins apart: it stays as it is while a login is renewed.
    pub(super) identity: Identity,
    pub(super) user: User,
}

impl NativeApp {
    /// One login at a time on this machine. Whoever waits is told.
    pub(super) async fn login_turn(&self, login: &Login) -> Result<MachineLock, NativeError> {
        match self.lock_login(login, Duration::ZERO).await {
            Err(LockError::Busy) => {}
            outcome => return Ok(outcome?),
        }
        login.tell(LoginEvent::Elsewhere);
        // The login's own limit ends before.
        Ok(self.lock_login(login, login.patience.limit.saturating_mul(2)).await?)
    }

    async fn lock_login(&self, login: &Login, wait: Duration) -> Result<MachineLock, LockError> {
        self.vault().lock_login(self.issuer(), self.client().client_id(), login.hint.as_deref(), wait).await
    }

    pub(super) async fn newest_login(&self) -> Result<Option<Newest>, NativeError> {
        let current = self.vault().current(self.issuer(), self.client().client_id()).await?;
        let Some(account) = current else { return Ok(None) };
        // What cannot be read is logged in anew, and replaced.
        let stored = self.vault().load(&account).await.ok().flatten();
        Ok(stored
            .map(|stored| Newest { identity: stored.identity.clone(), user: User::new(account, &stored) }))
    }
}
