use std::{fmt, sync::Arc, time::Duration};

use vestibule::{AccessToken, Client, Native};

use crate::{
    Account, AccountInfo, Blocking, Browser, NativeAppBuilder, NativeError, RedirectPlan, Surroundings, User,
    refresh::{Wanted, fresh},
    vault::{StoredLogin, Vault},
};

/// A desktop or command-line application, with the users who are signed in to it on this machine.
///
/// It signs users in with the system browser, keeps their tokens in the secure store of the system, and renews them once
/// for all processes. Clones share everything.
///
/// ```no_run
/// use vestibule_native::{Login, NativeApp, vestibule::Provider};
///
/// # async fn f() -> Result<(), Box<dyn std::error::Error>> {
/// let provider = Provider::new("https://acme.example")?;
/// let app = NativeApp::builder(provider.native("acme-cli")).build()?;
///
/// let user = app.login(Login::new().scopes(["profile", "email"])).await?;
/// println!("hello {}", user.name());
///
/// let token = app.access_token().await?; // for the header `Authorization: Bearer ...`
/// # let _ = token; Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct NativeApp {
    parts: Arc<Parts>,
    /// Whose login is meant; the one signed in last if none is named.
    account: Option<Arc<str>>,
}

pub(crate) struct Parts {
    pub(crate) client: Client<Native>,
    pub(crate) vault: Vault,
    pub(crate) redirects: RedirectPlan,
    pub(crate) browser: Arc<dyn Browser>,
    pub(crate) surroundings: Surroundings,
}

impl NativeApp {
    /// Begins with a client, as it is registered at the provider.
    pub fn builder(client: Client<Native>) -> NativeAppBuilder {
        NativeAppBuilder::new(client)
    }

    pub(crate) fn new(parts: Parts) -> Self {
        Self { parts: Arc::new(parts), account: None }
    }

    /// The same application for another account than the one that signed in last: by its subject, or by its label where no other account has it.
    #[must_use]
    pub fn for_account(&self, name: &str) -> Self {
        Self { account: Some(name.into()), ..self.clone() }
    }

    /// An access token that is valid for 30 seconds at least, renewed if it must be. One process of this machine renews
    /// it for all. Mostly neither network nor lock is touched.
    ///
    /// # Errors
    /// - [`NativeError::NotSignedIn`], and `refresh.revoked` when the user was signed out elsewhere: both are
    ///   [`Gone`](vestibule::Disposition::Gone).
    /// - `refresh.unavailable`, `refresh.busy`: the user stays signed in; try again later.
    /// - `native.store_unavailable`, `native.store_untrusted`.
    pub async fn access_token(&self) -> Result<AccessToken, NativeError> {
        self.access_token_for(Duration::from_secs(30)).await
    }

    /// As [`access_token`](Self::access_token), valid for at least this long, if the provider's tokens live that long.
    ///
    /// # Errors
    /// As [`access_token`](Self::access_token).
    pub async fn access_token_for(&self, span: Duration) -> Result<AccessToken, NativeError> {
        Ok(self.fresh(Wanted::Lasting(span)).await?.tokens.access_token)
    }

    /// Who is signed in, as the store has it: no network is touched. See [`session_state`](Self::session_state) for whether
    /// they still are at the provider.
    ///
    /// # Errors
    /// [`NativeError::NotSignedIn`], `native.store_unavailable`, `native.store_untrusted`.
    pub async fn user(&self) -> Result<User, NativeError> {
        let account = self.current_account().await?;
        let login = self.vault().load(&account).await?.ok_or(NativeError::NotSignedIn)?;
        Ok(User::new(account, &login))
    }

    /// The accounts of this application that are signed in on this machine, as far as is known without asking.
    ///
    /// # Errors
    /// `native.store_untrusted` when the list is not this user's own.
    pub async fn accounts(&self) -> Result<Vec<AccountInfo>, NativeError> {
        let (issuer, client_id) = (self.issuer(), self.client().client_id());
        let mut accounts = self.vault().accounts().await?;
        accounts.retain(|known| known.account.issuer == issuer && known.account.client_id == client_id);
        Ok(accounts)
    }

    /// For code that is not asynchronous, such as that of a window: calls that wait, on a thread of their own.
    ///
    /// # Errors
    /// [`NativeError::Blocking`] when the thread cannot be started.
    pub fn blocking(&self) -> Result<Blocking, NativeError> {
        Blocking::new(self.clone())
    }

    /// The client that this application is at the provider.
    pub fn client(&self) -> &Client<Native> {
        &self.parts.client
    }

    pub(crate) fn vault(&self) -> &Vault {
        &self.parts.vault
    }

    pub(crate) fn redirects(&self) -> &RedirectPlan {
        &self.parts.redirects
    }

    pub(crate) fn browser(&self) -> &Arc<dyn Browser> {
        &self.parts.browser
    }

    pub(crate) fn surroundings(&self) -> &Surroundings {
        &self.parts.surroundings
    }

    pub(crate) fn issuer(&self) -> &str {
        self.client().provider().issuer().as_str()
    }

    /// Which account is meant.
    pub(crate) async fn current_account(&self) -> Result<Account, NativeError> {
        let known = self.accounts().await?;
        match self.account.as_deref() {
            Some(name) => called(name, known),
            None => known.into_iter().find(|known| known.current).ok_or(NativeError::NotSignedIn),
        }
        .map(|known| known.account)
    }

    pub(crate) async fn fresh(&self, wanted: Wanted) -> Result<StoredLogin, NativeError> {
        fresh(self.client(), self.vault(), &self.current_account().await?, wanted).await
    }
}

/// The account of that name: a subject is one account's alone, a label may be several's.
fn called(name: &str, mut known: Vec<AccountInfo>) -> Result<AccountInfo, NativeError> {
    if let Some(at) = known.iter().position(|known| known.account.subject == name) {
        return Ok(known.swap_remove(at));
    }
    known.retain(|known| known.label == name);
    let meant = known.pop().ok_or(NativeError::NotSignedIn)?;
    if known.is_empty() { Ok(meant) } else { Err(NativeError::AmbiguousAccount) }
}

impl fmt::Debug for NativeApp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NativeApp").field("client", self.client()).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn f22_a_subject_names_one_account_and_a_label_must_not_name_two() {
        let known = [("1", "alice@acme.example"), ("2", "alice@acme.example"), ("3", "1"), ("4", "bob")];
        let known = known.map(|(subject, label)| AccountInfo {
            account: Account {
                issuer: "https://op.example".to_owned(),
                client_id: "cli".to_owned(),
                subject: subject.to_owned(),
            },
            label: label.to_owned(),
            current: false,
        });
        let subject = |name| called(name, known.to_vec()).map(|found| found.account.subject);
        assert_eq!(subject("1").unwrap(), "1", "another one's label does not get in its way");
        assert_eq!(subject("bob").unwrap(), "4");
        assert!(matches!(subject("carol"), Err(NativeError::NotSignedIn)));
        assert!(matches!(subject("alice@acme.example"), Err(NativeError::AmbiguousAccount)));
    }
}
