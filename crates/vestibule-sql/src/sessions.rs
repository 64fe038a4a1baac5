use std::{future::Future, time::Duration};

use async_trait::async_trait;
use bytes::Bytes;
use vestibule_web::store::{
    BeginAttempt, ChangeCursor, Changes, Commit, CommitRefresh, EndIf, Ended, HolderId, Insert, Lease, Load,
    NewSession, PublicId, Reaped, RefreshHash, Renew, Replace, Revocation, Revoke, Scope, SessionKey,
    SessionStore, SessionSummary, Stamped, StoreError, StoreTime, Touch,
};

use crate::{engine::Engine, error::Failure, verbs};

/// The sessions of one realm in one database.
#[derive(Debug)]
pub(crate) struct Sessions<E>(pub(crate) E);

impl<E: Engine> Sessions<E> {
    /// Carries a verb out. If the tables turn out to be gone, none of it happened: it is carried out on new ones.
    async fn ask<R, V>(&self, verb: impl Fn() -> V) -> Result<R, StoreError>
    where
        V: Future<Output = Result<R, Failure>>,
    {
        self.0.ready().await?;
        match verb().await {
            Err(failure) if failure.is_lost() => {
                self.0.not_ready();
                self.0.ready().await?;
                Ok(verb().await?)
            }
            reply => Ok(reply?),
        }
    }
}

#[async_trait]
impl<E: Engine> SessionStore for Sessions<E> {
    async fn now(&self) -> Result<StoreTime, StoreError> {
        self.ask(|| self.0.now()).await
    }

    async fn check(&self) -> Result<(), StoreError> {
        self.0.ready().await?;
        self.0.check().await
    }

    async fn insert(
        &self,
        session: NewSession,
        ends: Option<SessionKey>,
    ) -> Result<Stamped<Insert>, StoreError> {
        self.ask(|| self.0.insert(session.clone(), ends)).await
    }

    async fn load(&self, key: &SessionKey) -> Result<Stamped<Load>, StoreError> {
        let found = self.ask(|| self.0.load(key)).await?;
        Ok(Stamped { at: found.at, reply: found.live().map_or_else(Load::from, Load::Live) })
    }

    async fn is_covered(
        &self,
        key: &SessionKey,
        scopes: &[Scope],
        began: StoreTime,
    ) -> Result<Stamped<bool>, StoreError> {
        self.ask(|| self.0.is_covered(key, scopes, began)).await
    }

    async fn touch(&self, key: &SessionKey, idle: Duration) -> Result<Stamped<Touch>, StoreError> {
        self.ask(|| self.0.touch(key, idle)).await
    }

    async fn replace(
        &self,
        key: &SessionKey,
        version: u64,
        data: Bytes,
    ) -> Result<Stamped<Replace>, StoreError> {
        self.ask(|| verbs::replace(&self.0, key, version, data.clone())).await
    }

    async fn lease(
        &self,
        key: &SessionKey,
        holder: &HolderId,
        ttl: Duration,
    ) -> Result<Stamped<Lease>, StoreError> {
        self.ask(|| verbs::lease(&self.0, key, *holder, ttl)).await
    }

    async fn renew(
        &self,
        key: &SessionKey,
        holder: &HolderId,
        ttl: Duration,
    ) -> Result<Stamped<Renew>, StoreError> {
        self.ask(|| verbs::renew(&self.0, key, *holder, ttl)).await
    }

    async fn release(&self, key: &SessionKey, holder: &HolderId) -> Result<Stamped<()>, StoreError> {
        self.ask(|| verbs::release(&self.0, key, *holder)).await
    }

    async fn begin_attempt(
        &self,
        key: &SessionKey,
        holder: &HolderId,
        spent: &RefreshHash,
        limit: Duration,
    ) -> Result<Stamped<BeginAttempt>, StoreError> {
        self.ask(|| verbs::begin_attempt(&self.0, key, *holder, *spent, limit)).await
    }

    async fn commit_refresh(
        &self,
        key: &SessionKey,
        commit: CommitRefresh,
    ) -> Result<Stamped<Commit>, StoreError> {
        self.ask(|| verbs::commit_refresh(&self.0, key, commit.clone())).await
    }

    async fn end_if(
        &self,
        key: &SessionKey,
        holder: &HolderId,
        refused: &RefreshHash,
    ) -> Result<Stamped<EndIf>, StoreError> {
        self.ask(|| verbs::end_if(&self.0, key, *holder, *refused)).await
    }

    async fn end(&self, key: &SessionKey) -> Result<Stamped<Ended>, StoreError> {
        self.ask(|| verbs::end(&self.0, key)).await
    }

    async fn revoke(&self, revocation: Revocation) -> Result<Stamped<Revoke>, StoreError> {
        self.ask(|| self.0.revoke(revocation.clone())).await
    }

    async fn sessions_of(&self, subject: &Scope) -> Result<Stamped<Vec<SessionSummary>>, StoreError> {
        self.ask(|| self.0.sessions_of(subject)).await
    }

    async fn end_listed(&self, subject: &Scope, id: &PublicId) -> Result<Stamped<Ended>, StoreError> {
        self.ask(|| verbs::end_listed(&self.0, subject, id)).await
    }

    async fn changes(&self, from: ChangeCursor, patience: Duration) -> Result<Stamped<Changes>, StoreError> {
        self.ask(|| verbs::changes(&self.0, from, patience)).await
    }

    async fn reap(&self, limit: usize) -> Result<Stamped<Reaped>, StoreError> {
        self.ask(|| verbs::reap(&self.0, limit)).await
    }
}
