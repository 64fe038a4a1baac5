//! What is read, each in one statement.

use sqlx::{
    Row, Sqlite,
    query::Query,
    sqlite::{SqliteArguments, SqliteRow},
};
use vestibule_web::store::{ChangeCursor, PublicId, Scope, SessionKey, SessionSummary, Stamped, StoreTime};

use crate::{
    columns::{self, Columns},
    engine::{Found, Stored, Told},
    error::Failure,
    log,
    millis::{duration, moment, store_time},
    pack,
};

use super::database::Database;

/// Whether a cutoff of one of the scopes, which lie one after another in a blob, covers a session.
macro_rules! covered {
    (realm: $realm:literal, key: $key:literal, scopes: $scopes:literal, began: $began:literal) => {
        concat!(
            "EXISTS (
                WITH RECURSIVE part (start) AS (
                    SELECT 1 UNION ALL SELECT start + 32 FROM part WHERE start + 32 < length(",
            $scopes,
            ")
                )
                SELECT 1 FROM part CROSS JOIN vestibule_cutoffs c
                WHERE c.realm = ",
            $realm,
            " AND c.scope = substr(",
            $scopes,
            ", part.start, 32) AND ",
            $began,
            " <= CASE WHEN c.spared_key = ",
            $key,
            " THEN c.spared_at ELSE c.struck_at END
            )"
        )
    };
    (session) => {
        covered!(realm: "s.realm", key: "s.key", scopes: "s.scopes", began: "s.began")
    };
}
pub(super) use covered;

type Statement = Query<'static, Sqlite, SqliteArguments>;

/// The record under a key, with everything that says whether it is live.
pub(super) fn record(realm: i64, key: &SessionKey) -> Statement {
    const SQL: &str = concat!(
        "SELECT store.latest, s.*, (s.began < store.birth OR ",
        covered!(session),
        ") AS covered
         FROM vestibule_store store LEFT JOIN vestibule_sessions s ON s.realm = $1 AND s.key = $2"
    );
    sqlx::query(SQL).bind(realm).bind(key.as_bytes().to_vec())
}

/// What the row of [`record`] says, at `now` or later.
pub(super) fn found(database: &Database, now: StoreTime, row: &SqliteRow) -> Result<Found, Failure> {
    let at = seen(database, now, row)?;
    let stored = match row.bytes_if_any("key")? {
        Some(_) => Some(Stored { record: columns::record(row)?, covered: row.flag("covered")? }),
        None => None,
    };
    Ok(Found { at, stored })
}

pub(super) async fn now(database: &Database) -> Result<StoreTime, Failure> {
    let now = database.clock.now();
    let row = sqlx::query("SELECT latest FROM vestibule_store").fetch_optional(&database.readers).await?;
    seen(database, now, &row.ok_or(Failure::Lost)?)
}

/// Whether a cutoff covers the session; the parameters are those of [`is_covered`].
pub(super) fn covers(realm: i64, key: &SessionKey, scopes: &[Scope], began: StoreTime) -> Statement {
    const SQL: &str = concat!(
        "SELECT store.latest, store.birth, r.keep_cutoffs, ",
        covered!(realm: "r.realm", key: "$2", scopes: "$3", began: "$4"),
        " AS covered FROM vestibule_store store JOIN vestibule_realms r ON r.realm = $1"
    );
    sqlx::query(SQL).bind(realm).bind(key.as_bytes().to_vec()).bind(pack::scopes(scopes)).bind(moment(began))
}

pub(super) async fn is_covered(
    database: &Database,
    realm: i64,
    key: &SessionKey,
    scopes: &[Scope],
    began: StoreTime,
) -> Result<Stamped<bool>, Failure> {
    let now = database.clock.now();
    let row = covers(realm, key, scopes, began).fetch_optional(&database.readers).await?;
    let row = row.ok_or(Failure::Lost)?;
    let at = seen(database, now, &row)?;
    let reply = began < row.moment("birth")?
        || at >= began.plus(duration(row.integer("keep_cutoffs")?))
        || row.flag("covered")?;
    Ok(Stamped { at, reply })
}

pub(super) async fn sessions_of(
    database: &Database,
    realm: i64,
    subject: &Scope,
) -> Result<Stamped<Vec<SessionSummary>>, Failure> {
    const SQL: &str = concat!(
        "SELECT store.latest, s.public_id, s.created, s.last_seen, s.idle_end, s.absolute_end, s.label
         FROM vestibule_store store LEFT JOIN vestibule_sessions s
            ON s.realm = $1 AND s.subject = $2 AND s.began >= store.birth AND NOT ",
        covered!(session),
        " ORDER BY s.created, s.public_id"
    );
    let now = database.clock.now();
    let list = sqlx::query(SQL).bind(realm).bind(subject.as_bytes().to_vec());
    let rows = list.fetch_all(&database.readers).await?;
    let at = seen(database, now, rows.first().ok_or(Failure::Lost)?)?;
    let mut reply = Vec::with_capacity(rows.len());
    for row in &rows {
        if row.integer_if_any("idle_end")?.is_some_and(|end| at < store_time(end)) {
            reply.push(columns::summary(row)?);
        }
    }
    Ok(Stamped { at, reply })
}

pub(super) async fn log_after(
    database: &Database,
    realm: i64,
    from: ChangeCursor,
) -> Result<Stamped<Told>, Failure> {
    const SQL: &str = "SELECT store.latest, r.log_end, l.position, l.entry
        FROM vestibule_store store JOIN vestibule_realms r ON r.realm = $1
        LEFT JOIN (
            SELECT position, entry FROM vestibule_log WHERE realm = $1 AND position > $2
            ORDER BY position LIMIT $3
        ) l ON true
        ORDER BY l.position";
    let now = database.clock.now();
    let position = i64::try_from(from.position()).unwrap_or(i64::MAX);
    let log = sqlx::query(SQL).bind(realm).bind(position).bind(log::REPLY);
    let rows = log.fetch_all(&database.readers).await?;
    let first = rows.first().ok_or(Failure::Lost)?;
    Ok(Stamped { at: seen(database, now, first)?, reply: log::told(&rows)? })
}

fn seen(database: &Database, now: StoreTime, row: &SqliteRow) -> Result<StoreTime, Failure> {
    let latest = store_time(row.try_get("latest")?);
    Ok(if latest <= now { now } else { database.time_after(latest) })
}

/// The keys of a subject's records of this public name.
pub(super) async fn listed(
    database: &Database,
    realm: i64,
    subject: &Scope,
    id: &PublicId,
) -> Result<Vec<SessionKey>, Failure> {
    let rows = sqlx::query(
        "SELECT key FROM vestibule_sessions WHERE realm = $1 AND subject = $2 AND public_id = $3",
    )
    .bind(realm)
    .bind(subject.as_bytes().to_vec())
    .bind(id.as_bytes().to_vec())
    .fetch_all(&database.readers)
    .await?;
    rows.iter().map(|row| Ok(SessionKey::from_bytes(row.fixed("key")?))).collect()
}
