use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use sqlx::{Row, SqliteConnection, query, raw_sql};
use tokio::sync::{Mutex, Notify};
use vestibule_web::store::{
    ChangeCursor, Insert, NewSession, NotLive, PublicId, Realm, Retention, Revocation, Revoke, Scope,
    SessionKey, SessionRecord, SessionSummary, Stamped, StoreError, StoreTime, Touch, transition,
};

use crate::{
    engine::{Engine, Fate, Found, Told},
    error::Failure,
    millis::{moment, span},
    realm, schema,
};

use super::{
    change,
    database::Database,
    insert, read, revoke,
    step::{SqliteStep, write},
};

/// How soon this process sees what another one has written. What it wrote itself, it sees at once.
const GLANCE: Duration = Duration::from_millis(250);

/// The sessions of one realm.
#[derive(Debug)]
pub(super) struct SqliteEngine {
    pub(super) database: Arc<Database>,
    pub(super) realm: i64,
    name: Realm,
    retention: Retention,
    is_ready: AtomicBool,
    making_ready: Mutex<()>,
}

impl SqliteEngine {
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

    async fn make_ready(&self) -> Result<(), Failure> {
        self.database.make_private_file()?;
        let mut step = self.database.writer.begin_with(write()).await?;
        migrate(&mut step).await?;
        let now = moment(self.database.clock.now());
        query(
            "INSERT INTO vestibule_store (only_row, birth, latest) VALUES (1, $1, $1) ON CONFLICT DO NOTHING",
        )
        .bind(now)
        .execute(&mut *step)
        .await?;
        query(
            "INSERT INTO vestibule_realms (realm, issuer, client_id, keep_cutoffs, keep_logouts, log_end)
             VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (realm) DO UPDATE SET
                keep_cutoffs = MAX(keep_cutoffs, excluded.keep_cutoffs),
                keep_logouts = MAX(keep_logouts, excluded.keep_logouts)",
        )
        .bind(self.realm)
        .bind(self.name.issuer())
        .bind(self.name.client_id())
        .bind(span(self.retention.cutoffs))
        .bind(span(self.retention.logout_ids))
        // A number that no log before it has reached, unless it told a thousand things each millisecond.
        .bind(now.saturating_mul(1000))
        .execute(&mut *step)
        .await?;
        Ok(step.commit().await?)
    }
}

async fn migrate(connection: &mut SqliteConnection) -> Result<(), Failure> {
    raw_sql("CREATE TABLE IF NOT EXISTS vestibule_migrations (version INTEGER PRIMARY KEY)")
        .execute(&mut *connection)
        .await?;
    let version: i64 = query("SELECT COALESCE(MAX(version), 0) AS version FROM vestibule_migrations")
        .fetch_one(&mut *connection)
        .await?
        .try_get("version")?;
    for migration in schema::SQLITE.iter().filter(|migration| migration.version > version) {
        raw_sql(migration.sql).execute(&mut *connection).await?;
        query("INSERT INTO vestibule_migrations (version) VALUES ($1)")
            .bind(migration.version)
            .execute(&mut *connection)
            .await?;
    }
    Ok(())
}

impl SqliteEngine {
    /// Begins a step that may write.
    pub(super) async fn begin(&self) -> Result<SqliteStep, Failure> {
        SqliteStep::begin(&self.database, self.realm).await
    }
}

impl Engine for SqliteEngine {
    async fn ready(&self) -> Result<(), Failure> {
        if self.is_ready.load(Ordering::Acquire) {
            return Ok(());
        }
        let _one_at_a_time = self.making_ready.lock().await;
        if !self.is_ready.load(Ordering::Acquire) {
            self.make_ready().await?;
            self.is_ready.store(true, Ordering::Release);
        }
        Ok(())
    }

    fn not_ready(&self) {
        self.is_ready.store(false, Ordering::Release);
    }

    async fn now(&self) -> Result<StoreTime, Failure> {
        read::now(&self.database).await
    }

    async fn check(&self) -> Result<(), StoreError> {
        // That it can be written.
        self.begin().await?.commit().await?;
        Ok(())
    }

    async fn load(&self, key: &SessionKey) -> Result<Found, Failure> {
        let now = self.database.clock.now();
        let row = read::record(self.realm, key).fetch_optional(&self.database.readers).await?;
        read::found(&self.database, now, &row.ok_or(Failure::Lost)?)
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
        let mut step = self.begin().await?;
        let found = step.find(key).await?;
        let at = found.at;
        let reply = match found.live() {
            Ok(mut record) => {
                let touched = transition::touch(&mut record, at, idle);
                step.update_lifetime(&record).await?;
                step.commit().await?;
                touched
            }
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
        &self.database.news
    }

    fn glance(&self) -> Duration {
        GLANCE
    }

    async fn reap(&self, limit: u32) -> Result<Stamped<u32>, Failure> {
        super::reap::reap(self, limit).await
    }
}
