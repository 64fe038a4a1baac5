//! One refresh of one session over all nodes: lease, recorded attempt, call, commit by the token that was spent.

mod commit;
mod heartbeat;

use std::{sync::Arc, time::Duration};

use vestibule::{Identity, RefreshError, RefreshToken, Refreshed};

use self::heartbeat::Heartbeat;
use super::{Grant, end, grant};
use crate::{
    SessionError,
    engine::Engine,
    observe::{self, Ending},
    store::{
        BeginAttempt, EndIf, HolderId, Lease, Load, RefreshHash, SessionKey, SessionRecord, Stamped,
        StoreError, StoreTime,
    },
};

/// How long a lease outlives a holder that died. Those who wait outlast it.
const LEASE: Duration = Duration::from_secs(8);
/// How long the outcome of a call may stay unknown before the call is given up.
const ATTEMPT: Duration = Duration::from_secs(60);
/// How long to wait for another holder, and how often to look.
const PATIENCE: Duration = Duration::from_secs(10);
const LOOK_EVERY: Duration = Duration::from_millis(50);

/// Brings the session beyond the refresh token of `record`. `early` hears of a failure that is still being worked on.
pub(super) async fn refresh(
    engine: &Engine,
    record: &Arc<SessionRecord>,
    early: &(dyn Fn(SessionError) + Send + Sync),
) -> Result<Arc<SessionRecord>, SessionError> {
    let spent = record.refresh.ok_or(SessionError::NoAccessToken)?;
    let holder = HolderId::from_bytes(engine.random_bytes()?);
    let refresh =
        Refresh { engine, key: record.key, spent, grant_version: record.grant_version, holder, early };
    let mut waited = Duration::ZERO;
    loop {
        if let Some(settled) = refresh.try_once().await? {
            return Ok(settled);
        }
        if waited >= PATIENCE {
            return Err(SessionError::RefreshBusy);
        }
        tokio::time::sleep(LOOK_EVERY).await;
        waited += LOOK_EVERY;
        if let Some(settled) = refresh.settled_by_another().await? {
            return Ok(settled);
        }
    }
}

struct Refresh<'a> {
    engine: &'a Engine,
    key: SessionKey,
    spent: RefreshHash,
    /// Tells a refresh by another holder where the provider keeps its refresh tokens (checklist D16).
    grant_version: u64,
    holder: HolderId,
    early: &'a (dyn Fn(SessionError) + Send + Sync),
}

impl Refresh<'_> {
    /// The record after a refresh, by us or by another holder; `None` while another one is at it.
    async fn try_once(&self) -> Result<Option<Arc<SessionRecord>>, SessionError> {
        let leased = self.or_release(self.engine.store.lease(&self.key, &self.holder, LEASE)).await?;
        let record = match leased.reply {
            Lease::Leased(record) => record,
            Lease::Held { .. } => return Ok(None),
            Lease::Gone(reason) => return Err(SessionError::Gone(Some(reason))),
            Lease::Absent => return Err(SessionError::Gone(None)),
        };
        if self.is_settled(&record) {
            self.release().await;
            return Ok(Some(record));
        }
        let begun = self.engine.store.begin_attempt(&self.key, &self.holder, &self.spent, ATTEMPT);
        match self.or_release(begun).await?.reply {
            BeginAttempt::Begun { .. } => {
                let _alive = Heartbeat::start(Arc::clone(&self.engine.store), self.key, self.holder);
                self.call(&record, leased.at).await
            }
            BeginAttempt::Lost => Ok(None),
            BeginAttempt::Superseded(record) => Ok(Some(record)),
            BeginAttempt::Gone(reason) => Err(SessionError::Gone(Some(reason))),
            BeginAttempt::Absent => Err(SessionError::Gone(None)),
        }
    }

    /// Sends the request, and once more when its answer was lost: a provider that rotates lets the old token be
    /// retried (FAPI 2.0 section 5.3.2.1), and without a second try nobody would know.
    async fn call(
        &self,
        record: &Arc<SessionRecord>,
        asked: StoreTime,
    ) -> Result<Option<Arc<SessionRecord>>, SessionError> {
        let (Some(public), Some(grant)) = (grant::public(&record.grant), Grant::open(self.engine, record))
        else {
            self.release().await;
            return Err(SessionError::NoAccessToken);
        };
        let (Some(identity), Some(refresh_token)) = (public.identity(), &grant.refresh_token) else {
            self.release().await;
            return Err(SessionError::NoAccessToken);
        };
        let first = self.send(refresh_token, &identity).await;
        let (outcome, repeated) = match first {
            Err(error) if error.maybe_spent() => (self.send(refresh_token, &identity).await, true),
            outcome => (outcome, false),
        };
        match outcome {
            Ok(refreshed) => self.commit(&refreshed, &grant, public, asked).await.map(Some),
            Err(error @ RefreshError::Revoked(_)) => self.refused(error, repeated).await,
            Err(error @ RefreshError::IdentityChanged(_)) => {
                end(self.engine, &self.key).await?;
                observe::session_ended(Ending::IdentityChanged);
                Err(error.into())
            }
            Err(error) => {
                self.leave(repeated || error.maybe_spent()).await;
                Err(error.into())
            }
        }
    }

    async fn send(
        &self,
        refresh_token: &RefreshToken,
        identity: &Identity,
    ) -> Result<Refreshed, RefreshError> {
        self.engine.client.refresh(refresh_token, identity).await
    }

    /// After `invalid_grant`: the session ends only if the store agrees that nobody else can have succeeded.
    async fn refused(
        &self,
        error: RefreshError,
        repeated: bool,
    ) -> Result<Option<Arc<SessionRecord>>, SessionError> {
        let ended = match self.engine.store.end_if(&self.key, &self.holder, &self.spent).await {
            Ok(ended) => ended.reply,
            Err(error) => {
                self.leave(repeated).await;
                return Err(error.into());
            }
        };
        match ended {
            EndIf::Ended { uncertain } if uncertain || repeated => Err(SessionError::RefreshUncertain),
            EndIf::Ended { .. } => {
                observe::session_ended(Ending::Refused);
                Err(error.into())
            }
            EndIf::Superseded(record) => Ok(Some(record)),
            EndIf::Open { .. } => {
                self.leave(repeated).await;
                Err(SessionError::RefreshBusy)
            }
            EndIf::Gone(reason) => Err(SessionError::Gone(Some(reason))),
            EndIf::Absent => Err(SessionError::Gone(None)),
        }
    }

    /// Whether another holder has brought the session further.
    async fn settled_by_another(&self) -> Result<Option<Arc<SessionRecord>>, SessionError> {
        match self.engine.store.load(&self.key).await?.reply {
            Load::Live(record) => Ok(self.is_settled(&record).then_some(record)),
            Load::Gone(reason) => Err(SessionError::Gone(Some(reason))),
            Load::Absent => Err(SessionError::Gone(None)),
        }
    }

    fn is_settled(&self, record: &SessionRecord) -> bool {
        record.refresh != Some(self.spent) || record.grant_version != self.grant_version
    }

    /// A step before the call. When its reply is lost, the store may have made us the holder of what we do not use.
    async fn or_release<T>(
        &self,
        step: impl Future<Output = Result<Stamped<T>, StoreError>>,
    ) -> Result<Stamped<T>, StoreError> {
        match step.await {
            Ok(done) => Ok(done),
            Err(error) => {
                self.release().await;
                Err(error)
            }
        }
    }

    /// Makes room for the next refresh. One that may have spent the token without anybody knowing stays in the record,
    /// as an attempt that was given up: a refusal that comes later is uncertain then (checklist D20).
    async fn leave(&self, maybe_spent: bool) {
        if maybe_spent {
            let (store, now) = (&self.engine.store, Duration::ZERO);
            let _ = store.begin_attempt(&self.key, &self.holder, &self.spent, now).await;
            let _ = store.renew(&self.key, &self.holder, now).await;
        } else {
            self.release().await;
        }
    }

    /// The lease runs out by itself when this fails.
    async fn release(&self) {
        let _ = self.engine.store.release(&self.key, &self.holder).await;
    }
}
