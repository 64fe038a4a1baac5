use std::{sync::Arc, time::Duration};

use vestibule::{Refreshed, RevocableToken};

use super::{
    super::{Grant, PublicGrant, Standing, new_session::sid_scopes},
    ATTEMPT, LOOK_EVERY, Refresh,
};
use crate::{
    SessionError, observe,
    store::{Commit, CommitRefresh, SessionRecord, StoreError, StoreTime},
};

/// After how many failures of the store those who wait are told. The new tokens are offered on: the old ones are spent.
const TRIES: u32 = 5;
const LONGEST_PAUSE: Duration = Duration::from_millis(500);

impl Refresh<'_> {
    /// Stores the new tokens before anybody uses them (checklist D21). The provider stood by the session no earlier than
    /// it was `asked`.
    pub(super) async fn commit(
        &self,
        refreshed: &Refreshed,
        before: &Grant,
        public: PublicGrant,
        asked: StoreTime,
    ) -> Result<Arc<SessionRecord>, SessionError> {
        let Refreshed { tokens, id_token, .. } = refreshed;
        let grant = Grant::from_response(tokens, Some(before), self.engine.clock().now());
        let new_sid =
            id_token.as_ref().and_then(|id_token| id_token.sid()).filter(|sid| public.sid() != Some(sid));
        let listen = new_sid.map(|sid| sid_scopes(&self.engine.realm, sid, public.subject()));
        // The claims follow the refreshed ID token; who logged in, and the first sid, stay.
        let standing = Standing::of(self.engine, &public);
        let mut standing = standing.renewed(self.engine, refreshed, public.subject()).await;
        standing.confirmed = Some(asked);
        let public = public.renewed(id_token.as_deref(), &standing);
        let commit = CommitRefresh {
            holder: self.holder,
            spent: self.spent,
            refresh: grant.refresh_hash(),
            grant: grant.seal(self.engine, &self.key, &public)?,
            listen: listen.into_iter().flatten().collect(),
        };
        match self.offer(commit).await? {
            Commit::Committed(record) => {
                observe::refreshed();
                Ok(record)
            }
            // The surplus token is dropped, not revoked: that might end the whole grant at the provider.
            Commit::Superseded(record) => Ok(record),
            Commit::Gone(reason) => {
                self.revoke(&grant).await;
                Err(SessionError::Gone(Some(reason)))
            }
            Commit::Absent => {
                self.revoke(&grant).await;
                Err(SessionError::Gone(None))
            }
        }
    }

    async fn offer(&self, commit: CommitRefresh) -> Result<Commit, StoreError> {
        let (mut tries, mut waited, mut pause) = (0, Duration::ZERO, LOOK_EVERY);
        loop {
            tries += 1;
            match self.engine.store.commit_refresh(&self.key, commit.clone()).await {
                Ok(committed) => return Ok(committed.reply),
                Err(error) if waited >= ATTEMPT => return Err(error),
                Err(error) if tries == TRIES => (self.early)(error.into()),
                Err(_) => {}
            }
            tokio::time::sleep(pause).await;
            waited += pause;
            pause = (pause * 2).min(LONGEST_PAUSE);
        }
    }

    /// The session is gone, and with it every use of the new tokens.
    async fn revoke(&self, grant: &Grant) {
        if let Some(refresh_token) = &grant.refresh_token {
            let _ = self.engine.client.revoke(RevocableToken::Refresh(refresh_token)).await;
        }
    }
}
