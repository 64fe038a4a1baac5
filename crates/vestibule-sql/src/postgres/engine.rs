use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use tokio::sync::{Mutex, Notify};
use vestibule_web::store::{
    ChangeCursor, Insert, NewSession, NotLive, PublicId, Realm, Retention, Revocation, Revoke, Scope,
    SessionKey, SessionRecord, SessionSummary, Stamped, StoreError, StoreTime, Touch,
};

use crate::{
    engine::{Engine, Fate, Found, Told},
    error::Failure,
    realm,
};

use super::{change, database::Database, health, insert, read, reap, revoke, setup};

/// The sessions of one realm.
#[derive(Debug)]
pub(super) struct PostgresEngine {
    pub(super) database: Arc<Database>,
    pub(super) realm: i64,
    pub(super) name: Realm,
    pub(super) retention: Retention,
    is_ready: AtomicBool,
    making_ready: Mutex<()>,
}

impl PostgresEngine {
    pub(super) fn new(database: Arc<Database>, name: &Realm, retention: Retention) -> Self {
        Self {
            database,
            realm: realm::number(name),
            name: name.clone(),
            retention,
            is_ready: AtomicBool::new(false),
            making_ready: Mutex::default(),
        }
    }
}

impl Engine for PostgresEngine {
    async fn ready(&self) -> Result<(), Failure> {
        if !self.is_ready.load(Ordering::Acquire) {
            let _one_at_a_time = self.making_ready.lock().await;
            if !self.is_ready.load(Ordering::Acquire) {
                setup::make_ready(self).await?;
                self.is_ready.store(true, Ordering::Release);
            }
        }
        self.database.catch_up().await
    }

    fn not_ready(&self) {
        self.is_ready.store(false, Ordering::Release);
    }

    async fn now(&self) -> Result<StoreTime, Failure> {
        read::now(&self.database).await
    }

    async fn check(&self) -> Result<(), StoreError> {
        health::check(&self.database).await
    }

    async fn load(&self, key: &SessionKey) -> Result<Found, Failure> {
        let floor = self.database.floor();
        let rows = self.database.rows(|| read::record(self.realm, key, floor)).await?;
        read::found(&self.database, rows.first())
    }

    async fn is_covered(
        &self,
        key: &SessionKey,
        scopes: &[Scope],
        began: StoreTime,
    ) -> Result<Stamped<bool>, Failure> {
        read::is_covered(&self.database, self.realm, key, scopes, began).await
    }

    async fn touch(&self, key: &SessionKey, idle: Duration) -> Result<Stamped<Touch>, Failure> {
        if let Some(touched) = read::touch(&self.database, self.realm, key, idle).await? {
            return Ok(touched);
        }
        let found = self.load(key).await?;
        let at = found.at;
        let reply = match found.live() {
            Ok(record) => Touch::Touched { idle_end: record.idle_end },
            Err(not_live) => not_live.into(),
        };
        Ok(Stamped { at, reply })
    }

    async fn insert(
        &self,
        session: NewSession,
        ends: Option<SessionKey>,
    ) -> Result<Stamped<Insert>, Failure> {
        insert::insert(self, session, ends).await
    }

    async fn change<R: From<NotLive> + Send>(
        &self,
        key: &SessionKey,
        decide: impl Fn(Arc<SessionRecord>, StoreTime) -> (R, Fate) + Send + Sync,
    ) -> Result<Stamped<R>, Failure> {
        change::change(self, key, decide).await
    }

    async fn revoke(&self, revocation: Revocation) -> Result<Stamped<Revoke>, Failure> {
        revoke::revoke(self, revocation).await
    }

    async fn listed(&self, subject: &Scope, id: &PublicId) -> Result<Vec<SessionKey>, Failure> {
        read::listed(&self.database, self.realm, subject, id).await
    }

    async fn sessions_of(&self, subject: &Scope) -> Result<Stamped<Vec<SessionSummary>>, Failure> {
        read::sessions_of(&self.database, self.realm, subject).await
    }

    async fn log_after(&self, from: ChangeCursor) -> Result<Stamped<Told>, Failure> {
        read::log_after(&self.database, self.realm, from).await
    }

    fn news(&self) -> &Notify {
        self.database.news()
    }

    fn glance(&self) -> Duration {
        self.database.listening.glance()
    }

    async fn reap(&self, limit: u32) -> Result<Stamped<u32>, Failure> {
        reap::reap(self, limit).await
    }
}
