use std::time::Duration;

use tokio::time::timeout;
use vestibule::{Diagnose, Disposition, EndSession, RevocableToken};

use crate::{
    Account, BrowserError, NativeApp, NativeError, VaultError, WaitError, Way, browser::show,
    vault::StoredLogin,
};

/// A logout to be done.
#[derive(Clone, Debug, Default)]
#[must_use]
pub struct Logout {
    in_browser: bool,
}

impl Logout {
    /// Forgets the login on this machine, and withdraws its tokens at the provider. The user's session at the provider goes
    /// on: other applications still know them, and the next login asks no question.
    pub fn new() -> Self {
        Self::default()
    }

    /// Opens the provider's page for logouts too: with it the user's session there ends, and with that the sessions of all
    /// applications (OpenID Connect RP-Initiated Logout). The page may ask the user to confirm.
    pub fn in_browser(mut self) -> Self {
        self.in_browser = true;
        self
    }
}

/// How a logout went. On this machine it is done, whatever stands here.
#[derive(Debug)]
#[non_exhaustive]
pub struct Farewell {
    /// Who was signed out.
    pub account: Account,
    /// What they are called: as their [`label`](crate::AccountInfo::label) is.
    pub name: String,
    /// What became of the tokens at the provider.
    pub revoked: Revoked,
    /// What keeps the login in the secure store, where it could not be deleted. It is not used again.
    pub leftover: Option<VaultError>,
    /// What became of the page for logouts; `None` when it was not asked for.
    pub browser: Option<Result<(), NativeError>>,
}

/// What became of the tokens at the provider.
#[derive(Debug)]
#[non_exhaustive]
pub enum Revoked {
    /// They are worth nothing any more.
    Yes,
    /// The provider cannot be reached: they end by themselves (checklist F21).
    Offline(NativeError),
    /// The provider withdraws no tokens, or there was none to withdraw: they end by themselves.
    NotOffered,
    /// The provider did not do it.
    Refused(NativeError),
}

/// How long the provider is waited for: whoever signs out wants to go.
const PATIENCE: Duration = Duration::from_secs(5);

impl NativeApp {
    /// Signs the user out: first on this machine, which needs no network; then at the provider as far as it can be reached.
    ///
    /// # Errors
    /// [`NativeError::NotSignedIn`], or `native.store_untrusted` when the list of accounts is not this user's own. What
    /// goes wrong later stands in the [`Farewell`].
    pub async fn logout(&self, logout: Logout) -> Result<Farewell, NativeError> {
        let account = self.current_account().await?;
        let known = self.vault().load(&account).await.ok().flatten();
        let (login, leftover) = match self.vault().remove(&account).await {
            // A refresh may have been waited for: what it brought is what must be withdrawn.
            Ok(removed) => (removed.or(known), None),
            Err(error) => (known, Some(error)),
        };
        let revoked = self.withdraw(login.as_ref()).await;
        let browser = if logout.in_browser { Some(self.end_session().await) } else { None };
        let name = login.map_or_else(|| account.subject.clone(), |login| login.label);
        Ok(Farewell { account, name, revoked, leftover, browser })
    }

    /// RFC 7009. The refresh token's grant has the access tokens with it.
    async fn withdraw(&self, login: Option<&StoredLogin>) -> Revoked {
        let Some(login) = login else { return Revoked::NotOffered };
        let token = match &login.tokens.refresh_token {
            Some(refresh_token) => RevocableToken::Refresh(refresh_token),
            None => RevocableToken::Access(&login.tokens.access_token),
        };
        let work = async {
            let metadata = self.client().provider().metadata().await?;
            match metadata.revocation_endpoint {
                Some(_) => self.client().revoke(token).await.map(|()| true),
                None => Ok(false),
            }
        };
        match timeout(PATIENCE, work).await {
            Ok(Ok(true)) => Revoked::Yes,
            Ok(Ok(false)) => Revoked::NotOffered,
            Ok(Err(error)) if error.disposition() == Disposition::Retry => Revoked::Offline(error.into()),
            Ok(Err(error)) => Revoked::Refused(error.into()),
            Err(_) => Revoked::Offline(WaitError::TimedOut.into()),
        }
    }

    /// Without the ID token as a hint: the address is an argument of the browser's process, which others on this machine
    /// can read.
    async fn end_session(&self) -> Result<(), NativeError> {
        let end = EndSession::new();
        let url = timeout(PATIENCE, self.client().end_session_url(&end)).await;
        let url = url.map_err(|_| WaitError::TimedOut)??;
        match self.surroundings().way() {
            Way::Browser => Ok(show(self.browser(), &url).await?),
            Way::NoDisplay(_) => Err(BrowserError::Unavailable.into()),
        }
    }
}
