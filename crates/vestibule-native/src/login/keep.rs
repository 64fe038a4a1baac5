use std::time::Duration;

use tokio::time::timeout;
use vestibule::{IdToken, TokenResponse, UserInfo, Verified};

use super::{Login, LoginEvent};
use crate::{
    Account, NativeApp, NativeError, StoreKind, User,
    user::{claims, label},
    vault::{Saved, StoredLogin},
};

/// How long a login waits for what to call the user.
const COURTESY: Duration = Duration::from_secs(5);

impl NativeApp {
    /// Keeps what a login brought, as the account that is meant from now on.
    pub(super) async fn keep(
        &self,
        login: &Login,
        store: StoreKind,
        done: vestibule::Login,
    ) -> Result<User, NativeError> {
        let stored = self.stored(&done).await;
        let account = Account {
            issuer: self.issuer().to_owned(),
            client_id: self.client().client_id().to_owned(),
            subject: done.id_token.subject().to_owned(),
        };
        let user = User::new(account.clone(), &stored);
        login.tell(match self.vault().save(&account, stored).await {
            Saved::Stored => LoginEvent::Kept(store),
            Saved::InMemoryOnly(error) => LoginEvent::NotKept(error),
        });
        Ok(user)
    }

    async fn stored(&self, done: &vestibule::Login) -> StoredLogin {
        let (id_token, tokens) = (&done.id_token, &done.tokens);
        let mut known = claims(id_token, None);
        if label(&known).is_none() {
            known = claims(id_token, self.ask_who(id_token, tokens).await.as_ref());
        }
        let name = label(&known).unwrap_or(id_token.subject()).to_owned();
        let now = self.client().provider().clock().now();
        StoredLogin::new(tokens.clone(), id_token.identity().clone(), name, known, now)
    }

    /// Many providers name the user in UserInfo alone. A login succeeds without a name too.
    async fn ask_who(&self, id_token: &Verified<IdToken>, tokens: &TokenResponse) -> Option<UserInfo> {
        let ask = self.client().user_info(&tokens.access_token, id_token.identity());
        timeout(COURTESY, ask).await.ok()?.ok()
    }
}
