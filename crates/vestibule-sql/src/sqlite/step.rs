use std::sync::Arc;

use sqlx::{Sqlite, Transaction, query, sqlite::SqliteRow};
use vestibule_web::store::{
    Change, Cutoff, LogoutId, Retention, Scope, SessionKey, SessionRecord, Spared, StoreTime,
};

use crate::{
    columns::{Columns, FORMAT},
    engine::Found,
    error::Failure,
    log,
    millis::{duration, moment, store_time},
    pack::{self, exact},
};

use super::{database::Database, read};

/// The first bytes of a scope, by which the index knows it.
const PREFIX: usize = 8;

/// How a writing transaction begins: with the lock, or not at all.
pub(super) const fn write() -> &'static str {
    "BEGIN IMMEDIATE"
}

/// The moment of a step, and the rules that hold in it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Sight {
    pub(super) at: StoreTime,
    pub(super) birth: StoreTime,
    pub(super) retention: Retention,
}

/// A transaction of the one connection that writes. It changes nothing unless it is committed.
#[derive(Debug)]
pub(super) struct SqliteStep {
    pub(super) transaction: Transaction<'static, Sqlite>,
    database: Arc<Database>,
    realm: i64,
    pub(super) sight: Sight,
    has_news: bool,
}

impl SqliteStep {
    pub(super) async fn begin(database: &Arc<Database>, realm: i64) -> Result<Self, Failure> {
        let mut transaction = database.writer.begin_with(write()).await?;
        let row = query(
            "SELECT store.birth, store.latest, r.keep_cutoffs, r.keep_logouts
             FROM vestibule_store store JOIN vestibule_realms r ON r.realm = $1",
        )
        .bind(realm)
        .fetch_optional(&mut *transaction)
        .await?
        .ok_or(Failure::Lost)?;
        let sight = Sight {
            at: database.time_after(row.moment("latest")?),
            birth: row.moment("birth")?,
            retention: Retention {
                cutoffs: duration(row.integer("keep_cutoffs")?),
                logout_ids: duration(row.integer("keep_logouts")?),
            },
        };
        Ok(Self { transaction, database: Arc::clone(database), realm, sight, has_news: false })
    }

    pub(super) async fn update_lifetime(&mut self, record: &SessionRecord) -> Result<(), Failure> {
        query("UPDATE vestibule_sessions SET last_seen = $3, idle_end = $4 WHERE realm = $1 AND key = $2")
            .bind(self.realm)
            .bind(record.key.as_bytes().to_vec())
            .bind(moment(record.last_seen))
            .bind(moment(record.idle_end))
            .execute(&mut *self.transaction)
            .await?;
        Ok(())
    }

    /// Notes what a stored session listens to.
    async fn listen(&mut self, record: &SessionRecord) -> Result<(), Failure> {
        for scope in &record.scopes {
            query(
                "INSERT INTO vestibule_listening (session, scope_prefix)
                 SELECT id, $3 FROM vestibule_sessions WHERE realm = $1 AND key = $2
                 ON CONFLICT DO NOTHING",
            )
            .bind(self.realm)
            .bind(record.key.as_bytes().to_vec())
            .bind(prefix(scope))
            .execute(&mut *self.transaction)
            .await?;
        }
        Ok(())
    }

    /// What is under a key.
    pub(super) async fn find(&mut self, key: &SessionKey) -> Result<Found, Failure> {
        let row = read::record(self.realm, key).fetch_optional(&mut *self.transaction).await?;
        read::found(&self.database, self.sight.at, &row.ok_or(Failure::Lost)?)
    }

    /// Whether there is a record, live or not.
    pub(super) async fn exists(&mut self, key: &SessionKey) -> Result<bool, Failure> {
        Ok(self.find(key).await?.stored.is_some())
    }

    /// Whether a cutoff of one of the scopes covers the session.
    pub(super) async fn covers(
        &mut self,
        key: &SessionKey,
        scopes: &[Scope],
        began: StoreTime,
    ) -> Result<bool, Failure> {
        let covers = read::covers(self.realm, key, scopes, began);
        covers.fetch_one(&mut *self.transaction).await?.flag("covered")
    }

    /// Answers `false` if the key is taken.
    pub(super) async fn insert(&mut self, record: &SessionRecord) -> Result<bool, Failure> {
        let inserted = query(
            "INSERT INTO vestibule_sessions (realm, key, format, public_id, subject, scopes, began, created,
                last_seen, idle_end, absolute_end, label, tokens, refresh, grant_version, data, version, attempts)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18)
             ON CONFLICT DO NOTHING",
        )
        .bind(self.realm)
        .bind(record.key.as_bytes().to_vec())
        .bind(FORMAT)
        .bind(record.public_id.as_bytes().to_vec())
        .bind(record.subject.as_bytes().to_vec())
        .bind(pack::scopes(&record.scopes))
        .bind(moment(record.began))
        .bind(moment(record.created))
        .bind(moment(record.last_seen))
        .bind(moment(record.idle_end))
        .bind(moment(record.absolute_end))
        .bind(record.label.to_vec())
        .bind(record.grant.to_vec())
        .bind(record.refresh.map(|hash| hash.as_bytes().to_vec()))
        .bind(record.grant_version.cast_signed())
        .bind(record.data.to_vec())
        .bind(record.version.cast_signed())
        .bind(pack::attempts(&record.attempts))
        .execute(&mut *self.transaction)
        .await?;
        let is_new = inserted.rows_affected() > 0;
        if is_new {
            self.listen(record).await?;
        }
        Ok(is_new)
    }

    /// Stores the lease and the attempts of a record.
    pub(super) async fn update_lease(&mut self, record: &SessionRecord) -> Result<(), Failure> {
        query(
            "UPDATE vestibule_sessions SET lease_holder = $3, lease_until = $4, attempts = $5
             WHERE realm = $1 AND key = $2",
        )
        .bind(self.realm)
        .bind(record.key.as_bytes().to_vec())
        .bind(record.lease.map(|lease| lease.holder.as_bytes().to_vec()))
        .bind(record.lease.map(|lease| moment(lease.until)))
        .bind(pack::attempts(&record.attempts))
        .execute(&mut *self.transaction)
        .await?;
        Ok(())
    }

    /// Stores everything in a record that may change, but its lifetimes.
    pub(super) async fn update(&mut self, record: &SessionRecord) -> Result<(), Failure> {
        query(
            "UPDATE vestibule_sessions SET scopes = $3, tokens = $4, refresh = $5, grant_version = $6,
                data = $7, version = $8 WHERE realm = $1 AND key = $2",
        )
        .bind(self.realm)
        .bind(record.key.as_bytes().to_vec())
        .bind(pack::scopes(&record.scopes))
        .bind(record.grant.to_vec())
        .bind(record.refresh.map(|hash| hash.as_bytes().to_vec()))
        .bind(record.grant_version.cast_signed())
        .bind(record.data.to_vec())
        .bind(record.version.cast_signed())
        .execute(&mut *self.transaction)
        .await?;
        self.update_lease(record).await?;
        self.listen(record).await
    }

    pub(super) async fn delete(&mut self, key: &SessionKey) -> Result<(), Failure> {
        query("DELETE FROM vestibule_sessions WHERE realm = $1 AND key = $2")
            .bind(self.realm)
            .bind(key.as_bytes().to_vec())
            .execute(&mut *self.transaction)
            .await?;
        Ok(())
    }

    /// When a logout token was spent.
    pub(super) async fn spent(&mut self, logout: &LogoutId) -> Result<Option<StoreTime>, Failure> {
        let row = query("SELECT spent_at FROM vestibule_spent_logouts WHERE realm = $1 AND logout = $2")
            .bind(self.realm)
            .bind(logout.as_bytes().to_vec())
            .fetch_optional(&mut *self.transaction)
            .await?;
        row.map(|row| row.moment("spent_at")).transpose()
    }

    pub(super) async fn spend(&mut self, logout: &LogoutId, at: StoreTime) -> Result<(), Failure> {
        query(
            "INSERT INTO vestibule_spent_logouts (realm, logout, spent_at) VALUES ($1, $2, $3)
             ON CONFLICT (realm, logout) DO UPDATE SET spent_at = excluded.spent_at",
        )
        .bind(self.realm)
        .bind(logout.as_bytes().to_vec())
        .bind(moment(at))
        .execute(&mut *self.transaction)
        .await?;
        Ok(())
    }

    /// The cutoffs of those scopes that were ever struck.
    pub(super) async fn cutoffs(&mut self, scopes: &[Scope]) -> Result<Vec<(Scope, Cutoff)>, Failure> {
        let mut struck = Vec::new();
        for scope in scopes {
            let row = query(
                "SELECT struck_at, spared_key, spared_at FROM vestibule_cutoffs WHERE realm = $1 AND scope = $2",
            )
            .bind(self.realm)
            .bind(scope.as_bytes().to_vec())
            .fetch_optional(&mut *self.transaction)
            .await?;
            if let Some(row) = row {
                struck.push((*scope, cutoff(&row)?));
            }
        }
        Ok(struck)
    }

    /// Stores cutoffs in the place of those that were there.
    pub(super) async fn strike(&mut self, cutoffs: &[(Scope, Cutoff)]) -> Result<(), Failure> {
        for (scope, cutoff) in cutoffs {
            query(
                "INSERT INTO vestibule_cutoffs (realm, scope, struck_at, spared_key, spared_at)
                 VALUES ($1, $2, $3, $4, $5)
                 ON CONFLICT (realm, scope) DO UPDATE SET struck_at = excluded.struck_at,
                    spared_key = excluded.spared_key, spared_at = excluded.spared_at, reaped = 0",
            )
            .bind(self.realm)
            .bind(scope.as_bytes().to_vec())
            .bind(moment(cutoff.at))
            .bind(cutoff.spared.map(|spared| spared.key.as_bytes().to_vec()))
            .bind(cutoff.spared.and_then(|spared| spared.at).map(moment))
            .execute(&mut *self.transaction)
            .await?;
        }
        Ok(())
    }

    /// Appends to the log.
    pub(super) async fn tell(&mut self, change: &Change) -> Result<(), Failure> {
        let Some(entry) = log::encode(change) else { return Ok(()) };
        let end =
            query("UPDATE vestibule_realms SET log_end = log_end + 1 WHERE realm = $1 RETURNING log_end")
                .bind(self.realm)
                .fetch_one(&mut *self.transaction)
                .await?
                .integer("log_end")?;
        query("INSERT INTO vestibule_log (realm, position, entry) VALUES ($1, $2, $3)")
            .bind(self.realm)
            .bind(end)
            .bind(entry)
            .execute(&mut *self.transaction)
            .await?;
        query("DELETE FROM vestibule_log WHERE realm = $1 AND position <= $2")
            .bind(self.realm)
            .bind(end - i64::from(self.database.log_length))
            .execute(&mut *self.transaction)
            .await?;
        self.has_news = true;
        Ok(())
    }

    pub(super) async fn commit(mut self) -> Result<(), Failure> {
        query("UPDATE vestibule_store SET latest = $1 WHERE latest < $1")
            .bind(moment(self.sight.at))
            .execute(&mut *self.transaction)
            .await?;
        self.transaction.commit().await?;
        if self.has_news {
            self.database.news.notify_waiters();
        }
        Ok(())
    }
}

/// What the index knows a scope by.
pub(super) fn prefix(scope: &Scope) -> Vec<u8> {
    scope.as_bytes().iter().take(PREFIX).copied().collect()
}

fn cutoff(row: &SqliteRow) -> Result<Cutoff, Failure> {
    let spared = match row.bytes_if_any("spared_key")? {
        Some(key) => Some(Spared {
            key: SessionKey::from_bytes(exact(&key)?),
            at: row.integer_if_any("spared_at")?.map(store_time),
        }),
        None => None,
    };
    Ok(Cutoff { at: row.moment("struck_at")?, spared })
}
