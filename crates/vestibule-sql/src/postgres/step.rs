use std::sync::Arc;

use sqlx::{Postgres, Transaction, postgres::PgRow, query};
use vestibule_web::store::{
    Change, Cutoff, LogoutId, PublicId, Retention, Scope, SessionKey, SessionRecord, Spared, StoreTime,
};

use crate::{
    columns::{Columns, FORMAT},
    engine::{Found, Sight, Step},
    error::Failure,
    log,
    millis::{duration, moment, store_time},
    pack::{self, exact},
};

use super::{
    database::Database,
    listening::CHANNEL,
    read::{self, array, clock},
};

/// A transaction of the level `READ COMMITTED`.
#[derive(Debug)]
pub(super) struct PostgresStep {
    pub(super) transaction: Transaction<'static, Postgres>,
    pub(super) database: Arc<Database>,
    pub(super) realm: i64,
}

impl Step for PostgresStep {
    async fn sight(&mut self) -> Result<Sight, Failure> {
        const SQL: &str = concat!(
            "SELECT clock.*, r.keep_cutoffs, r.keep_logouts FROM ",
            clock!(floor: "$2"),
            " JOIN vestibule_realms r ON r.realm = $1"
        );
        let sight = query(SQL).bind(self.realm).bind(self.database.floor());
        let row = sight.fetch_optional(&mut *self.transaction).await?.ok_or(Failure::Lost)?;
        Ok(Sight {
            at: self.database.time_in(&row)?,
            birth: row.moment("birth")?,
            retention: Retention {
                cutoffs: duration(row.integer("keep_cutoffs")?),
                logout_ids: duration(row.integer("keep_logouts")?),
            },
        })
    }

    /// Takes the lock first: what is read then is the latest, and so is the time.
    async fn find(&mut self, key: &SessionKey) -> Result<Found, Failure> {
        query("SELECT 1 FROM vestibule_sessions WHERE realm = $1 AND key = $2 FOR UPDATE")
            .bind(self.realm)
            .bind(*key.as_bytes())
            .execute(&mut *self.transaction)
            .await?;
        let record = read::record(self.realm, key, self.database.floor());
        let row = record.fetch_optional(&mut *self.transaction).await?;
        read::found(&self.database, row.as_ref())
    }

    async fn exists(&mut self, key: &SessionKey) -> Result<bool, Failure> {
        let row = query("SELECT 1 FROM vestibule_sessions WHERE realm = $1 AND key = $2")
            .bind(self.realm)
            .bind(*key.as_bytes())
            .fetch_optional(&mut *self.transaction)
            .await?;
        Ok(row.is_some())
    }

    async fn covers(
        &mut self,
        key: &SessionKey,
        scopes: &[Scope],
        began: StoreTime,
    ) -> Result<bool, Failure> {
        let covers = read::covers(self.realm, key, scopes, began, self.database.floor());
        let row = covers.fetch_optional(&mut *self.transaction).await?;
        row.ok_or(Failure::Lost)?.flag("covered")
    }

    async fn listed(&mut self, subject: &Scope, id: &PublicId) -> Result<Vec<SessionKey>, Failure> {
        let rows =
            query("SELECT key FROM vestibule_sessions WHERE realm = $1 AND subject = $2 AND public_id = $3")
                .bind(self.realm)
                .bind(*subject.as_bytes())
                .bind(*id.as_bytes())
                .fetch_all(&mut *self.transaction)
                .await?;
        rows.iter().map(|row| Ok(SessionKey::from_bytes(row.fixed("key")?))).collect()
    }

    async fn insert(&mut self, record: &SessionRecord) -> Result<bool, Failure> {
        let inserted = query(
            "INSERT INTO vestibule_sessions (realm, key, format, public_id, subject, scopes, began, created,
                last_seen, idle_end, absolute_end, label, tokens, refresh, grant_version, data, version, attempts)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18)
             ON CONFLICT DO NOTHING",
        )
        .bind(self.realm)
        .bind(*record.key.as_bytes())
        .bind(FORMAT)
        .bind(*record.public_id.as_bytes())
        .bind(*record.subject.as_bytes())
        .bind(array(&record.scopes))
        .bind(moment(record.began))
        .bind(moment(record.created))
        .bind(moment(record.last_seen))
        .bind(moment(record.idle_end))
        .bind(moment(record.absolute_end))
        .bind(record.label.to_vec())
        .bind(record.grant.to_vec())
        .bind(record.refresh.map(|hash| *hash.as_bytes()))
        .bind(record.grant_version.cast_signed())
        .bind(record.data.to_vec())
        .bind(record.version.cast_signed())
        .bind(pack::attempts(&record.attempts))
        .execute(&mut *self.transaction)
        .await?;
        Ok(inserted.rows_affected() > 0)
    }

    async fn update_lease(&mut self, record: &SessionRecord) -> Result<(), Failure> {
        query(
            "UPDATE vestibule_sessions SET lease_holder = $3, lease_until = $4, attempts = $5
             WHERE realm = $1 AND key = $2",
        )
        .bind(self.realm)
        .bind(*record.key.as_bytes())
        .bind(record.lease.map(|lease| *lease.holder.as_bytes()))
        .bind(record.lease.map(|lease| moment(lease.until)))
        .bind(pack::attempts(&record.attempts))
        .execute(&mut *self.transaction)
        .await?;
        Ok(())
    }

    async fn update(&mut self, record: &SessionRecord) -> Result<(), Failure> {
        query(
            "UPDATE vestibule_sessions SET scopes = $3, tokens = $4, refresh = $5, grant_version = $6,
                data = $7, version = $8, lease_holder = $9, lease_until = $10, attempts = $11
             WHERE realm = $1 AND key = $2",
        )
        .bind(self.realm)
        .bind(*record.key.as_bytes())
        .bind(array(&record.scopes))
        .bind(record.grant.to_vec())
        .bind(record.refresh.map(|hash| *hash.as_bytes()))
        .bind(record.grant_version.cast_signed())
        .bind(record.data.to_vec())
        .bind(record.version.cast_signed())
        .bind(record.lease.map(|lease| *lease.holder.as_bytes()))
        .bind(record.lease.map(|lease| moment(lease.until)))
        .bind(pack::attempts(&record.attempts))
        .execute(&mut *self.transaction)
        .await?;
        Ok(())
    }

    async fn delete(&mut self, key: &SessionKey) -> Result<(), Failure> {
        query("DELETE FROM vestibule_sessions WHERE realm = $1 AND key = $2")
            .bind(self.realm)
            .bind(*key.as_bytes())
            .execute(&mut *self.transaction)
            .await?;
        Ok(())
    }

    /// A logout is told in the log: whoever holds its head enters logouts alone.
    async fn lock_ledger(&mut self) -> Result<(), Failure> {
        let head = query("SELECT 1 FROM vestibule_log_heads WHERE realm = $1 FOR UPDATE").bind(self.realm);
        head.fetch_optional(&mut *self.transaction).await?.map(drop).ok_or(Failure::Lost)
    }

    async fn spent(&mut self, logout: &LogoutId) -> Result<Option<StoreTime>, Failure> {
        let row = query("SELECT spent_at FROM vestibule_spent_logouts WHERE realm = $1 AND logout = $2")
            .bind(self.realm)
            .bind(*logout.as_bytes())
            .fetch_optional(&mut *self.transaction)
            .await?;
        row.map(|row| row.moment("spent_at")).transpose()
    }

    async fn spend(&mut self, logout: &LogoutId, at: StoreTime) -> Result<(), Failure> {
        query(
            "INSERT INTO vestibule_spent_logouts (realm, logout, spent_at) VALUES ($1, $2, $3)
             ON CONFLICT (realm, logout) DO UPDATE SET spent_at = excluded.spent_at",
        )
        .bind(self.realm)
        .bind(*logout.as_bytes())
        .bind(moment(at))
        .execute(&mut *self.transaction)
        .await?;
        Ok(())
    }

    async fn cutoffs(&mut self, scopes: &[Scope]) -> Result<Vec<(Scope, Cutoff)>, Failure> {
        let rows = query(
            "SELECT scope, struck_at, spared_key, spared_at FROM vestibule_cutoffs
             WHERE realm = $1 AND scope = ANY ($2) ORDER BY scope FOR UPDATE",
        )
        .bind(self.realm)
        .bind(array(scopes))
        .fetch_all(&mut *self.transaction)
        .await?;
        rows.iter().map(|row| Ok((Scope::from_bytes(row.fixed("scope")?), cutoff(row)?))).collect()
    }

    async fn strike(&mut self, cutoffs: &[(Scope, Cutoff)]) -> Result<(), Failure> {
        let spared = |cutoff: &Cutoff| cutoff.spared.map(|spared| *spared.key.as_bytes());
        let spared_at = |cutoff: &Cutoff| cutoff.spared.and_then(|spared| spared.at).map(moment);
        query(
            "INSERT INTO vestibule_cutoffs (realm, scope, struck_at, spared_key, spared_at)
             SELECT $1, * FROM unnest($2::bytea[], $3::bigint[], $4::bytea[], $5::bigint[])
             ON CONFLICT (realm, scope) DO UPDATE SET struck_at = excluded.struck_at,
                spared_key = excluded.spared_key, spared_at = excluded.spared_at, reaped = false",
        )
        .bind(self.realm)
        .bind(cutoffs.iter().map(|(scope, _)| *scope.as_bytes()).collect::<Vec<_>>())
        .bind(cutoffs.iter().map(|(_, cutoff)| moment(cutoff.at)).collect::<Vec<_>>())
        .bind(cutoffs.iter().map(|(_, cutoff)| spared(cutoff)).collect::<Vec<_>>())
        .bind(cutoffs.iter().map(|(_, cutoff)| spared_at(cutoff)).collect::<Vec<_>>())
        .execute(&mut *self.transaction)
        .await?;
        Ok(())
    }

    async fn tell(&mut self, change: &Change) -> Result<(), Failure> {
        let Some(entry) = log::encode(change) else { return Ok(()) };
        let told = query(
            "WITH head AS (
                UPDATE vestibule_log_heads SET log_end = log_end + 1 WHERE realm = $1 RETURNING log_end
             ), entry AS (
                INSERT INTO vestibule_log (realm, position, entry) SELECT $1, log_end, $2 FROM head
             ), dropped AS (
                DELETE FROM vestibule_log l USING head WHERE l.realm = $1 AND l.position <= head.log_end - $3
             )
             SELECT pg_notify($4, '') FROM head",
        )
        .bind(self.realm)
        .bind(entry)
        .bind(i64::from(self.database.log_length))
        .bind(CHANNEL)
        .fetch_optional(&mut *self.transaction)
        .await?;
        told.map(drop).ok_or(Failure::Lost)
    }

    async fn commit(self) -> Result<(), Failure> {
        Ok(self.transaction.commit().await?)
    }
}

fn cutoff(row: &PgRow) -> Result<Cutoff, Failure> {
    let spared = match row.bytes_if_any("spared_key")? {
        Some(key) => Some(Spared {
            key: SessionKey::from_bytes(exact(&key)?),
            at: row.integer_if_any("spared_at")?.map(store_time),
        }),
        None => None,
    };
    Ok(Cutoff { at: row.moment("struck_at")?, spared })
}
