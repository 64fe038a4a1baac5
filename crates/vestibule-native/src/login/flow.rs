use vestibule::DeviceError;

use super::{Login, LoginWay, NoBrowser, turn::Newest};
use crate::{NativeApp, NativeError, User, Way};

impl NativeApp {
    /// Logs a user in, in the system browser or on another device, and keeps the login in the secure store.
    ///
    /// The store is tried first: a login that could not be kept is not begun. All processes of this user that log in
    /// to the same application at the same time share one browser tab and its outcome.
    ///
    /// A user who is signed in already is logged in again, mostly without a question: at the provider they still are.
    ///
    /// # Errors
    /// - `native.timeout` and `native.cancelled`; `native.no_browser` when nobody could be shown the address.
    /// - `native.store_unavailable` before anything is asked of the user.
    /// - What [`begin_login`](vestibule::Client::begin_login), [`complete_login`](vestibule::Client::complete_login) and
    ///   the device flow may fail with.
    pub async fn login(&self, login: Login) -> Result<User, NativeError> {
        login.patience.within(self.log_in(&login)).await?
    }

    async fn log_in(&self, login: &Login) -> Result<User, NativeError> {
        let store = self.vault().probe().await?;
        let before = self.newest_login().await?;
        let _turn = self.login_turn(login).await?;
        if let Some(user) = self.shared_login(login, before.as_ref()).await? {
            return Ok(user);
        }
        let done = self.ask_user(login).await?;
        self.keep(login, store, done).await
    }

    /// What another process logged in while this one waited for its turn.
    async fn shared_login(
        &self,
        login: &Login,
        before: Option<&Newest>,
    ) -> Result<Option<User>, NativeError> {
        if login.adjust.is_some() {
            return Ok(None);
        }
        let now = self.newest_login().await?;
        Ok(now.filter(|now| before.is_none_or(|before| now.identity != before.identity)).map(|now| now.user))
    }

    async fn ask_user(&self, login: &Login) -> Result<vestibule::Login, NativeError> {
        let without = match (login.way, self.surroundings().way()) {
            (LoginWay::Device, _) => return self.log_in_by_device(login).await,
            (LoginWay::Browser, _) | (LoginWay::Whichever, Way::Browser) => None,
            (LoginWay::PrintedUrl, _) => Some(NoBrowser::Asked),
            (LoginWay::Whichever, Way::NoDisplay(why)) => match self.log_in_by_device(login).await {
                Err(error) if is_not_offered(&error) => Some(NoBrowser::Here(why)),
                outcome => return outcome,
            },
        };
        self.log_in_by_browser(login, without).await
    }
}

/// The provider has no device flow, or none for this client.
fn is_not_offered(error: &NativeError) -> bool {
    match error {
        NativeError::Provider(vestibule::Error::Device(DeviceError::NotOffered)) => true,
        NativeError::Provider(vestibule::Error::Device(DeviceError::Refused(refusal))) => {
            refusal.error() == "unauthorized_client"
        }
        _ => false,
    }
}
