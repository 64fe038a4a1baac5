//! One refresh of one session over all nodes: lease, recorded attempt, call, commit by the token that was spent.

use std::{sync::Arc, time::Duration};

use vestibule::{RefreshError, RefreshToken, Refreshed, RevocableToken};

use super::{Grant, grant::PublicGrant, new_session::sid_scopes};
use crate::{
    SessionError,
    engine::Engine,
    store::{
        BeginAttempt, Commit, CommitRefresh, EndIf, HolderId, Lease, Load, RefreshHash, SessionKey,
        SessionRecord, StoreError,
    },
};

/// Longer than any single call to the provider.
const LEASE: Duration = Duration::from_secs(20);
/// How long the outcome of a call may stay unknown before the call is given up.
const ATTEMPT: Duration = Duration::from_secs(60);
/// How long to wait for another holder, and how often to look.
const PATIENCE: Duration = Duration::from_secs(10);
const LOOK_EVERY: Duration = Duration::from_millis(50);
/// How often a new grant is offered to a store that fails. It must not be lost: the old one is spent.
const COMMIT_TRIES: u32 = 5;

pub(super) async fn refresh(
    engine: &Engine,
    record: &Arc<SessionRecord>,
) -> Result<Arc<SessionRecord>, SessionError> {
    let spent = record.refresh.ok_or(SessionError::NoAccessToken)?;
    let holder = HolderId::from_bytes(engine.random_bytes()?);
    let flight = FlightOf { engine, key: record.key, spent, holder };
    let mut waited = Duration::ZERO;
    loop {
        if let Some(settled) = flight.try_once().await? {
            return Ok(settled);
        }
        if waited >= PATIENCE {
            return Err(SessionError::RefreshBusy);
        }
        tokio::time::sleep(LOOK_EVERY).await;
        waited += LOOK_EVERY;
        if let Some(settled) = flight.settled_by_another().await? {
            return Ok(settled);
        }
    }
}

struct FlightOf<'a> {
    engine: &'a Engine,
    key: SessionKey,
    spent: RefreshHash,
    holder: HolderId,
}

impl FlightOf<'_> {
    /// The record after a refresh, by us or by another holder; `None` while another one is at it.
    async fn try_once(&self) -> Result<Option<Arc<SessionRecord>>, SessionError> {
        let record = match self.engine.store.lease(&self.key, &self.holder, LEASE).await?.reply {
            Lease::Leased(record) => record,
            Lease::Held { .. } => return Ok(None),
            Lease::Gone(reason) => return Err(SessionError::Gone(Some(reason))),
            Lease::Absent => return Err(SessionError::Gone(None)),
        };
        if record.refresh != Some(self.spent) {
            self.release().await;
            return Ok(Some(record));
        }
        let begun = self.engine.store.begin_attempt(&self.key, &self.holder, &self.spent, ATTEMPT).await?;
        match begun.reply {
            BeginAttempt::Begun { .. } => self.call(&record).await,
            BeginAttempt::Lost => Ok(None),
            BeginAttempt::Superseded(record) => Ok(Some(record)),
            BeginAttempt::Gone(reason) => Err(SessionError::Gone(Some(reason))),
            BeginAttempt::Absent => Err(SessionError::Gone(None)),
        }
    }

    /// Sends the request, and once more when its answer was lost: a provider that rotates lets the old token be
    /// retried (FAPI 2.0 section 5.3.2.1), and without a second try nobody would know.
    async fn call(&self, record: &Arc<SessionRecord>) -> Result<Option<Arc<SessionRecord>>, SessionError> {
        let (Some(public), Some(grant)) =
            (PublicGrant::read(&record.grant), Grant::open(self.engine, record))
        else {
            self.release().await;
            return Err(SessionError::NoAccessToken);
        };
        let Some(refresh_token) = &grant.refresh_token else {
            self.release().await;
            return Err(SessionError::NoAccessToken);
        };
        let first = self.send(refresh_token, &public).await;
        let (outcome, repeated) = match first {
            Err(error) if error.maybe_spent() => (self.send(refresh_token, &public).await, true),
            outcome => (outcome, false),
        };
        match outcome {
            Ok(refreshed) => self.commit(&refreshed, &grant, public).await.map(Some),
            Err(error @ RefreshError::Revoked(_)) => self.refused(error, repeated).await,
            Err(error @ RefreshError::IdentityChanged(_)) => {
                self.engine.store.end(&self.key).await?;
                Err(error.into())
            }
            Err(error) => {
                self.release().await;
                Err(error.into())
            }
        }
    }

    async fn send(
        &self,
        refresh_token: &RefreshToken,
        public: &PublicGrant,
    ) -> Result<Refreshed, RefreshError> {
        self.engine.client.refresh(refresh_token, &public.identity).await
    }

    /// Stores the new tokens before anybody uses them (checklist D21).
    async fn commit(
        &self,
        refreshed: &Refreshed,
        before: &Grant,
        public: PublicGrant,
    ) -> Result<Arc<SessionRecord>, SessionError> {
        let Refreshed { tokens, id_token, .. } = refreshed;
        let grant = Grant::from_response(tokens, Some(before));
        let new_sid = id_token
            .as_ref()
            .and_then(|id_token| id_token.sid())
            .filter(|sid| public.sid.as_deref() != Some(sid));
        let listen = new_sid.map(|sid| sid_scopes(&self.engine.realm, sid, public.identity.subject()));
        // The claims follow the refreshed ID token; who logged in, and the first sid, stay.
        let public = match id_token.as_ref().and_then(|id_token| PublicGrant::of(id_token)) {
            Some(newer) => PublicGrant { claims: newer.claims, ..public },
            None => public,
        };
        let commit = CommitRefresh {
            holder: self.holder,
            spent: self.spent,
            refresh: grant.refresh_hash(),
            grant: grant.seal(self.engine, &self.key, &public)?,
            listen: listen.into_iter().flatten().collect(),
        };
        match self.offer(commit).await? {
            Commit::Committed(record) => {
                tracing::info!("access token refreshed");
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
        let mut pause = LOOK_EVERY;
        for _ in 1..COMMIT_TRIES {
            if let Ok(committed) = self.engine.store.commit_refresh(&self.key, commit.clone()).await {
                return Ok(committed.reply);
            }
            tokio::time::sleep(pause).await;
            pause *= 2;
        }
        Ok(self.engine.store.commit_refresh(&self.key, commit).await?.reply)
    }

    /// After `invalid_grant`: the session ends only if the store agrees that nobody else can have succeeded.
    async fn refused(
        &self,
        error: RefreshError,
        repeated: bool,
    ) -> Result<Option<Arc<SessionRecord>>, SessionError> {
        match self.engine.store.end_if(&self.key, &self.holder, &self.spent).await?.reply {
            EndIf::Ended { uncertain } if uncertain || repeated => Err(SessionError::RefreshUncertain),
            EndIf::Ended { .. } => {
                tracing::info!("the provider ended a session, as its refresh told");
                Err(error.into())
            }
            EndIf::Superseded(record) => Ok(Some(record)),
            EndIf::Open { .. } => {
                self.release().await;
                Err(SessionError::RefreshBusy)
            }
            EndIf::Gone(reason) => Err(SessionError::Gone(Some(reason))),
            EndIf::Absent => Err(SessionError::Gone(None)),
        }
    }

    /// Whether another holder has brought the session further.
    async fn settled_by_another(&self) -> Result<Option<Arc<SessionRecord>>, SessionError> {
        match self.engine.store.load(&self.key).await?.reply {
            Load::Live(record) => Ok((record.refresh != Some(self.spent)).then_some(record)),
            Load::Gone(reason) => Err(SessionError::Gone(Some(reason))),
            Load::Absent => Err(SessionError::Gone(None)),
        }
    }

    /// The lease runs out by itself when this fails.
    async fn release(&self) {
        let _ = self.engine.store.release(&self.key, &self.holder).await;
    }

    /// The session is gone, and with it every use of the new tokens.
    async fn revoke(&self, grant: &Grant) {
        if let Some(refresh_token) = &grant.refresh_token {
            let _ = self.engine.client.revoke(RevocableToken::Refresh(refresh_token)).await;
        }
    }
}
