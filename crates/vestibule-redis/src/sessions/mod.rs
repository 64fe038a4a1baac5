//! The verbs: what each sends, and what its answer means.

mod caller;
mod changes;
mod ending;
mod fitness;
mod listing;
mod reaping;
mod refreshing;
mod storing;

use std::{
    fmt,
    sync::{Arc, Mutex},
    time::Duration,
};

use async_trait::async_trait;
use bytes::Bytes;
use vestibule_web::store::{
    BeginAttempt, ChangeCursor, Changes, Commit, CommitRefresh, EndIf, Ended, HolderId, Insert, Lease, Load,
    NewSession, PublicId, Reaped, RefreshHash, Renew, Replace, Retention, Revocation, Revoke, Scope,
    SessionKey, SessionStore, SessionSummary, Stamped, StoreError, StoreTime, StoreTimeEstimate, Touch,
};

use crate::{acknowledged::Acknowledged, keys::Keys, link::Link, store::Settings};

use self::caller::Home;

/// The sessions of one realm.
pub(crate) struct Sessions {
    link: Arc<Link>,
    settings: Arc<Settings>,
    keys: Keys,
    retention: Mutex<Retention>,
    estimate: StoreTimeEstimate,
    acknowledged: Acknowledged,
    home: Home,
    was_warned: std::sync::Once,
}

impl Sessions {
    pub(crate) fn new(link: Arc<Link>, settings: Arc<Settings>, keys: Keys) -> Self {
        Self {
            link,
            settings,
            keys,
            retention: Mutex::new(Retention { cutoffs: Duration::ZERO, logout_ids: Duration::ZERO }),
            estimate: StoreTimeEstimate::default(),
            acknowledged: Acknowledged::default(),
            home: Home::default(),
            was_warned: std::sync::Once::new(),
        }
    }
}

impl fmt::Debug for Sessions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RedisSessions").finish_non_exhaustive()
    }
}

#[async_trait]
impl SessionStore for Sessions {
    async fn now(&self) -> Result<StoreTime, StoreError> {
        self.tell_time().await
    }

    async fn check(&self) -> Result<(), StoreError> {
        self.check_fitness().await
    }

    async fn insert(
        &self,
        session: NewSession,
        ends: Option<SessionKey>,
    ) -> Result<Stamped<Insert>, StoreError> {
        self.insert_session(session, ends).await
    }

    async fn load(&self, key: &SessionKey) -> Result<Stamped<Load>, StoreError> {
        self.load_session(key).await
    }

    async fn is_covered(
        &self,
        key: &SessionKey,
        scopes: &[Scope],
        began: StoreTime,
    ) -> Result<Stamped<bool>, StoreError> {
        self.is_session_covered(key, scopes, began).await
    }

    async fn touch(&self, key: &SessionKey, idle: Duration) -> Result<Stamped<Touch>, StoreError> {
        self.touch_session(key, idle).await
    }

    async fn replace(
        &self,
        key: &SessionKey,
        version: u64,
        data: Bytes,
    ) -> Result<Stamped<Replace>, StoreError> {
        self.replace_data(key, version, data).await
    }

    async fn lease(
        &self,
        key: &SessionKey,
        holder: &HolderId,
        ttl: Duration,
    ) -> Result<Stamped<Lease>, StoreError> {
        self.take_lease(key, holder, ttl).await
    }

    async fn renew(
        &self,
        key: &SessionKey,
        holder: &HolderId,
        ttl: Duration,
    ) -> Result<Stamped<Renew>, StoreError> {
        self.renew_lease(key, holder, ttl).await
    }

    async fn release(&self, key: &SessionKey, holder: &HolderId) -> Result<Stamped<()>, StoreError> {
        self.release_lease(key, holder).await
    }

    async fn begin_attempt(
        &self,
        key: &SessionKey,
        holder: &HolderId,
        spent: &RefreshHash,
        limit: Duration,
    ) -> Result<Stamped<BeginAttempt>, StoreError> {
        self.record_attempt(key, holder, spent, limit).await
    }

    async fn commit_refresh(
        &self,
        key: &SessionKey,
        commit: CommitRefresh,
    ) -> Result<Stamped<Commit>, StoreError> {
        self.store_refresh(key, commit).await
    }

    async fn end_if(
        &self,
        key: &SessionKey,
        holder: &HolderId,
        refused: &RefreshHash,
    ) -> Result<Stamped<EndIf>, StoreError> {
        self.end_refused(key, holder, refused).await
    }

    async fn end(&self, key: &SessionKey) -> Result<Stamped<Ended>, StoreError> {
        self.end_session(key, None).await
    }

    async fn revoke(&self, revocation: Revocation) -> Result<Stamped<Revoke>, StoreError> {
        self.store_logout(revocation).await
    }

    async fn sessions_of(&self, subject: &Scope) -> Result<Stamped<Vec<SessionSummary>>, StoreError> {
        self.list(subject).await
    }

    async fn end_listed(&self, subject: &Scope, id: &PublicId) -> Result<Stamped<Ended>, StoreError> {
        self.end_by_name(subject, id).await
    }

    async fn changes(&self, from: ChangeCursor, patience: Duration) -> Result<Stamped<Changes>, StoreError> {
        self.read_log(from, patience).await
    }

    async fn reap(&self, limit: usize) -> Result<Stamped<Reaped>, StoreError> {
        self.reap_some(limit).await
    }
}
