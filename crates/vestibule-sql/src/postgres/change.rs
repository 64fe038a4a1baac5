use std::sync::Arc;

use sqlx::postgres::PgRow;
use vestibule_web::store::{Change, GoneReason, NotLive, SessionKey, SessionRecord, Stamped, StoreTime};

use crate::{columns::Columns, engine::Fate, error::Failure, log, millis::moment, pack};

use super::{
    database::{Database, Statement},
    engine::PostgresEngine,
    read::{self, array, covered},
};

/// Reads the record, decides, and writes, without a lock in between: unless it is then as it was read, nothing is
/// written, and all of it happens anew. Whoever is overtaken, was overtaken by somebody who came through.
pub(super) async fn change<R: From<NotLive>>(
    engine: &PostgresEngine,
    key: &SessionKey,
    decide: impl Fn(Arc<SessionRecord>, StoreTime) -> (R, Fate) + Send + Sync,
) -> Result<Stamped<R>, Failure> {
    let PostgresEngine { database, realm, .. } = engine;
    loop {
        let floor = database.floor();
        // What was read shows that the connection stands.
        let (rows, mut lent) = database.rows_and_connection(|| read::record(*realm, key, floor)).await?;
        let found = read::found(database, rows.first())?;
        let at = found.at;
        let (reply, write) = match found.live() {
            Ok(before) => {
                let (reply, fate) = decide(Arc::clone(&before), at);
                (reply, to_become(database, *realm, &before, &fate))
            }
            Err(not_live) => (not_live.into(), None),
        };
        let written = match write {
            Some(write) => Some(write.fetch_all(&mut *lent).await?),
            None => None,
        };
        database.take_back(lent);
        match outcome(written.as_deref())? {
            Outcome::Done => return Ok(Stamped { at, reply }),
            Outcome::Covered => return Ok(Stamped { at, reply: NotLive::Gone(GoneReason::Revoked).into() }),
            Outcome::Overtaken => {}
        }
    }
}

enum Outcome {
    Done,
    /// It has ended instead.
    Covered,
    /// Nothing was written.
    Overtaken,
}

fn outcome(written: Option<&[PgRow]>) -> Result<Outcome, Failure> {
    let Some(rows) = written else { return Ok(Outcome::Done) };
    let Some(row) = rows.first() else { return Ok(Outcome::Overtaken) };
    match &*row.text("outcome")? {
        "done" => Ok(Outcome::Done),
        "covered" => Ok(Outcome::Covered),
        "overtaken" => Ok(Outcome::Overtaken),
        _ => Err(Failure::Corrupt),
    }
}

/// What lets the record become that, if anything must be written.
fn to_become(database: &Database, realm: i64, before: &SessionRecord, fate: &Fate) -> Option<Statement> {
    match fate {
        Fate::Stays => None,
        Fate::Leased(record) => Some(lease(realm, before, record)),
        Fate::Replaced(record) => Some(replace(database, realm, before, record)),
        Fate::Ends => Some(end(database, realm, before)),
    }
}

fn lease(realm: i64, before: &SessionRecord, record: &SessionRecord) -> Statement {
    const SQL: &str = concat!(
        "UPDATE vestibule_sessions s SET lease_holder = $8, lease_until = $9, attempts = $10
         WHERE s.realm = $1 AND s.key = $2 AND s.version = $3 AND s.grant_version = $4
            AND s.lease_holder IS NOT DISTINCT FROM $5 AND s.lease_until IS NOT DISTINCT FROM $6
            AND s.attempts = $7 AND NOT ",
        covered!(session),
        " RETURNING 'done' AS outcome"
    );
    bind_lease(as_it_was(SQL, realm, before), record)
}

fn replace(database: &Database, realm: i64, before: &SessionRecord, record: &SessionRecord) -> Statement {
    const SQL: &str =
        "SELECT vestibule_replace_1($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15,
        $16, $17, $18, $19) AS outcome";
    let statement = as_it_was(SQL, realm, before)
        .bind(array(&record.scopes))
        .bind(record.grant.to_vec())
        .bind(record.refresh.map(|hash| *hash.as_bytes()))
        .bind(record.data.to_vec())
        .bind(record.version.cast_signed())
        .bind(record.grant_version.cast_signed());
    bind_lease(statement, record)
        .bind(log::encode(&Change::Replaced(record.key)))
        .bind(log::encode(&Change::Ended(record.key)))
        .bind(i64::from(database.log_length))
}

fn end(database: &Database, realm: i64, before: &SessionRecord) -> Statement {
    const SQL: &str = "SELECT vestibule_end_1($1, $2, $3, $4, $5, $6, $7, $8, $9) AS outcome";
    as_it_was(SQL, realm, before)
        .bind(log::encode(&Change::Ended(before.key)))
        .bind(i64::from(database.log_length))
}

/// Binds what must be as it was read, in the first seven places.
fn as_it_was(sql: &'static str, realm: i64, before: &SessionRecord) -> Statement {
    let statement = sqlx::query(sql)
        .bind(realm)
        .bind(*before.key.as_bytes())
        .bind(before.version.cast_signed())
        .bind(before.grant_version.cast_signed());
    bind_lease(statement, before)
}

fn bind_lease(statement: Statement, record: &SessionRecord) -> Statement {
    statement
        .bind(record.lease.map(|lease| *lease.holder.as_bytes()))
        .bind(record.lease.map(|lease| moment(lease.until)))
        .bind(pack::attempts(&record.attempts))
}
