#[cfg(test)]
mod tests;
mod under_way;

use std::time::Duration;

pub use under_way::settled;
use vestibule::{
    Client, CodeFlow, ConfigError, Diagnose, Disposition, Error, ProviderTime, RevocableToken, UserInfoError,
};

use self::under_way::UnderWay;

use crate::{
    NativeError,
    vault::{Account, LockedEntry, Outcome, Saved, StoredLogin, Vault, VaultError},
};

/// How long another process may take to refresh: longer than a call to the provider can last.
const WAIT: Duration = Duration::from_secs(15);

/// What a login must be, or become.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Wanted {
    /// Its access token lasts for so long.
    Lasting(Duration),
    /// The provider said not longer ago than this that it lives.
    Checked(Duration),
}

impl Wanted {
    fn is_met(self, login: &StoredLogin, now: ProviderTime) -> bool {
        match self {
            Self::Lasting(span) => login.lasts(span, now),
            // A moment that is still to come was written by another clock.
            Self::Checked(span) => {
                login.lasts(Duration::ZERO, now)
                    && login.checked_at <= now
                    && now.since(login.checked_at) < span
            }
        }
    }
}

/// The account's login, refreshed if it has to be: by one process of this machine for all (checklist F19).
///
/// What is wanted and there costs one look into the store, and no lock. Else the lock is taken, and the entry is looked at
/// again: another process may have refreshed it. What comes back from the provider is kept before the lock is let go.
/// A refresh that began goes on when its caller goes away, for its answer would be lost; a runtime that is to end waits
/// with [`settled`].
///
/// A login that the provider ended is removed, and nothing else removes it.
pub(crate) async fn fresh<K: CodeFlow + Send + Sync>(
    client: &Client<K>,
    vault: &Vault,
    account: &Account,
    wanted: Wanted,
) -> Result<StoredLogin, NativeError> {
    let found = vault.load(account).await?.ok_or(NativeError::NotSignedIn)?;
    if wanted.is_met(&found, client.provider().clock().now()) {
        return Ok(found);
    }
    let renewal = renew(client.clone(), vault.clone(), account.clone(), wanted);
    // It ends otherwise only when the runtime does.
    tokio::spawn(renewal)
        .await
        .unwrap_or_else(|_| Err(VaultError::Failed("the runtime ended".to_owned()).into()))
}

async fn renew<K: CodeFlow>(
    client: Client<K>,
    vault: Vault,
    account: Account,
    wanted: Wanted,
) -> Result<StoredLogin, NativeError> {
    let clock = client.provider().clock();
    let entry = vault.lock_entry(&account, WAIT).await?;
    let found = entry.load().await?.ok_or(NativeError::NotSignedIn)?;
    if wanted.is_met(&found, clock.now()) {
        return Ok(found);
    }
    let _under_way = UnderWay::begin();
    let Some(refresh_token) = &found.tokens.refresh_token else {
        return as_it_is(&client, &entry, found, wanted).await;
    };
    match client.refresh(refresh_token, &found.identity).await {
        Ok(refreshed) => {
            let login = found.refreshed(refreshed.tokens, clock.now());
            match entry.replace(login.clone()).await {
                Outcome::Kept(Saved::Stored | Saved::InMemoryOnly(_)) => Ok(login),
                Outcome::Superseded(Some(other)) => Ok(*other),
                Outcome::Superseded(None) => {
                    revoke(&client, &login).await;
                    Err(NativeError::NotSignedIn)
                }
            }
        }
        Err(error) if error.disposition() == Disposition::Gone => match entry.end(&found).await {
            Ok(Some(other)) => Ok(other),
            Ok(None) => Err(error.into()),
            Err(unremoved) => {
                tracing::warn!(event = "native.store_unremoved", error = %unremoved, "an ended login stays in the store");
                Err(error.into())
            }
        },
        Err(error) => Err(error.into()),
    }
}

/// What cannot be renewed lasts as long as its access token. Whether it lives, UserInfo says, where there is one.
async fn as_it_is<K: CodeFlow>(
    client: &Client<K>,
    entry: &LockedEntry,
    found: StoredLogin,
    wanted: Wanted,
) -> Result<StoredLogin, NativeError> {
    let clock = client.provider().clock();
    if found.lasts(Duration::ZERO, clock.now()) {
        if let Wanted::Lasting(_) = wanted {
            return Ok(found);
        }
        match client.user_info(&found.tokens.access_token, &found.identity).await {
            Ok(_) => {
                let login = found.checked(clock.now());
                return match entry.replace(login.clone()).await {
                    Outcome::Kept(_) => Ok(login),
                    Outcome::Superseded(other) => other.map(|other| *other).ok_or(NativeError::NotSignedIn),
                };
            }
            Err(Error::Config(ConfigError::NoEndpoint)) => return Ok(found),
            Err(Error::UserInfo(UserInfoError::Status(401))) => {}
            Err(error) => return Err(error.into()),
        }
    }
    entry.end(&found).await?.ok_or(NativeError::NotSignedIn)
}

/// Nobody is signed in any more: what came is of no use to anybody.
async fn revoke<K: CodeFlow>(client: &Client<K>, login: &StoredLogin) {
    let Some(token) = &login.tokens.refresh_token else { return };
    if let Err(error) = client.revoke(RevocableToken::Refresh(token)).await {
        tracing::warn!(event = "native.unrevoked", code = error.code(), "a token lives until it expires");
    }
}
