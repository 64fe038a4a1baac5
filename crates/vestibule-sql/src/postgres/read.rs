//! What is one statement each: all that is read, and the touch.

use std::time::Duration;

use sqlx::postgres::PgRow;
use vestibule_web::store::{
    ChangeCursor, PublicId, Scope, SessionKey, SessionSummary, Stamped, StoreTime, Touch,
};

use crate::{
    columns::{self, Columns},
    engine::{Found, Stored, Told},
    error::Failure,
    log,
    millis::{duration, moment, span},
};

use super::database::{Database, Statement};

/// The store's row as `clock`: its birth; its time now, which is not before the floor; by how much it would be; and
/// whether the server is one that follows another.
macro_rules! clock {
    (floor: $floor:literal) => {
        concat!(
            "(SELECT birth, GREATEST(own, ",
            $floor,
            "::bigint) AS now, ",
            $floor,
            "::bigint - own AS behind, standby FROM (
                SELECT birth, (extract(epoch FROM clock_timestamp()) * 1000)::bigint + clock_offset AS own,
                    pg_is_in_recovery() AS standby
                FROM vestibule_store OFFSET 0
            ) AS own) AS clock"
        )
    };
}
pub(super) use clock;

/// Whether a cutoff of one of the scopes covers a session.
macro_rules! covered {
    (realm: $realm:literal, key: $key:literal, scopes: $scopes:literal, began: $began:literal) => {
        concat!(
            "EXISTS (SELECT 1 FROM vestibule_cutoffs c WHERE c.realm = ",
            $realm,
            " AND c.scope = ANY (",
            $scopes,
            ") AND ",
            $began,
            " <= CASE WHEN c.spared_key = ",
            $key,
            " THEN c.spared_at ELSE c.struck_at END)"
        )
    };
    (session) => {
        covered!(realm: "s.realm", key: "s.key", scopes: "s.scopes", began: "s.began")
    };
}
pub(super) use covered;

/// The record under a key, with everything that says whether it is live.
pub(super) fn record(realm: i64, key: &SessionKey, floor: i64) -> Statement {
    const SQL: &str = concat!(
        // By name: a later version may add columns while this one runs.
        "SELECT clock.now, clock.behind, clock.standby, s.key, s.format, s.public_id, s.subject, s.scopes, s.began,
            s.created, s.last_seen, s.idle_end, s.absolute_end, s.label, s.tokens, s.refresh, s.grant_version, s.data,
            s.version, s.lease_holder, s.lease_until, s.attempts, (s.began < clock.birth OR ",
        covered!(session),
        ") AS covered FROM ",
        clock!(floor: "$3"),
        " LEFT JOIN vestibule_sessions s ON s.realm = $1 AND s.key = $2"
    );
    sqlx::query(SQL).bind(realm).bind(*key.as_bytes()).bind(floor)
}

/// What the row of [`record`] says.
pub(super) fn found(database: &Database, row: Option<&PgRow>) -> Result<Found, Failure> {
    let row = row.ok_or(Failure::Lost)?;
    let at = database.time_in(row)?;
    let stored = match row.bytes_if_any("key")? {
        Some(_) => Some(Stored { record: columns::record(row)?, covered: row.flag("covered")? }),
        None => None,
    };
    Ok(Found { at, stored })
}

pub(super) async fn now(database: &Database) -> Result<StoreTime, Failure> {
    const SQL: &str = concat!("SELECT clock.now, clock.behind, clock.standby FROM ", clock!(floor: "$1"));
    let floor = database.floor();
    let rows = database.rows(|| sqlx::query(SQL).bind(floor)).await?;
    database.time_in(rows.first().ok_or(Failure::Lost)?)
}

pub(super) async fn is_covered(
    database: &Database,
    realm: i64,
    key: &SessionKey,
    scopes: &[Scope],
    began: StoreTime,
) -> Result<Stamped<bool>, Failure> {
    const SQL: &str = concat!(
        "SELECT clock.now, clock.behind, clock.standby, clock.birth, r.keep_cutoffs, ",
        covered!(realm: "$1", key: "$2", scopes: "$3", began: "$4"),
        " AS covered FROM ",
        clock!(floor: "$5"),
        " JOIN vestibule_realms r ON r.realm = $1"
    );
    let floor = database.floor();
    let covers = || {
        let statement = sqlx::query(SQL).bind(realm).bind(*key.as_bytes()).bind(array(scopes));
        statement.bind(moment(began)).bind(floor)
    };
    let rows = database.rows(covers).await?;
    let row = rows.first().ok_or(Failure::Lost)?;
    let at = database.time_in(row)?;
    let reply = began < row.moment("birth")?
        || at >= began.plus(duration(row.integer("keep_cutoffs")?))
        || row.flag("covered")?;
    Ok(Stamped { at, reply })
}

/// Nothing when there is no live session to touch.
pub(super) async fn touch(
    database: &Database,
    realm: i64,
    key: &SessionKey,
    idle: Duration,
) -> Result<Option<Stamped<Touch>>, Failure> {
    const SQL: &str = concat!(
        "UPDATE vestibule_sessions s SET last_seen = GREATEST(s.last_seen, clock.now),
            idle_end = GREATEST(s.idle_end, LEAST(clock.now + $3, s.absolute_end)) FROM ",
        clock!(floor: "$4"),
        " WHERE s.realm = $1 AND s.key = $2 AND clock.now < s.idle_end AND s.began >= clock.birth AND NOT ",
        covered!(session),
        " RETURNING clock.now, clock.behind, clock.standby, s.idle_end"
    );
    let floor = database.floor();
    let touch = || sqlx::query(SQL).bind(realm).bind(*key.as_bytes()).bind(span(idle)).bind(floor);
    let rows = database.rows(touch).await?;
    let Some(row) = rows.first() else { return Ok(None) };
    let at = database.time_in(row)?;
    Ok(Some(Stamped { at, reply: Touch::Touched { idle_end: row.moment("idle_end")? } }))
}

pub(super) async fn sessions_of(
    database: &Database,
    realm: i64,
    subject: &Scope,
) -> Result<Stamped<Vec<SessionSummary>>, Failure> {
    const SQL: &str = concat!(
        "SELECT clock.now, clock.behind, clock.standby,
            s.public_id, s.created, s.last_seen, s.absolute_end, s.label FROM ",
        clock!(floor: "$3"),
        " LEFT JOIN vestibule_sessions s ON s.realm = $1 AND s.subject = $2
            AND s.idle_end > clock.now AND s.began >= clock.birth AND NOT ",
        covered!(session),
        " ORDER BY s.created, s.public_id"
    );
    let floor = database.floor();
    let rows = database.rows(|| sqlx::query(SQL).bind(realm).bind(*subject.as_bytes()).bind(floor)).await?;
    let at = database.time_in(rows.first().ok_or(Failure::Lost)?)?;
    let mut reply = Vec::with_capacity(rows.len());
    for row in &rows {
        if row.bytes_if_any("public_id")?.is_some() {
            reply.push(columns::summary(row)?);
        }
    }
    Ok(Stamped { at, reply })
}

/// The keys of a subject's records of this public name.
pub(super) async fn listed(
    database: &Database,
    realm: i64,
    subject: &Scope,
    id: &PublicId,
) -> Result<Vec<SessionKey>, Failure> {
    const SQL: &str =
        "SELECT key FROM vestibule_sessions WHERE realm = $1 AND subject = $2 AND public_id = $3";
    let listed = || sqlx::query(SQL).bind(realm).bind(*subject.as_bytes()).bind(*id.as_bytes());
    let rows = database.rows(listed).await?;
    rows.iter().map(|row| Ok(SessionKey::from_bytes(row.fixed("key")?))).collect()
}

pub(super) async fn log_after(
    database: &Database,
    realm: i64,
    from: ChangeCursor,
) -> Result<Stamped<Told>, Failure> {
    const SQL: &str = concat!(
        "SELECT clock.now, clock.behind, clock.standby, h.log_end, l.position, l.entry FROM ",
        clock!(floor: "$4"),
        " JOIN vestibule_log_heads h ON h.realm = $1
         LEFT JOIN (
            SELECT position, entry FROM vestibule_log WHERE realm = $1 AND position > $2
            ORDER BY position LIMIT $3
         ) l ON true
         ORDER BY l.position"
    );
    let (floor, position) = (database.floor(), i64::try_from(from.position()).unwrap_or(i64::MAX));
    let rows =
        database.rows(|| sqlx::query(SQL).bind(realm).bind(position).bind(log::REPLY).bind(floor)).await?;
    let first = rows.first().ok_or(Failure::Lost)?;
    Ok(Stamped { at: database.time_in(first)?, reply: log::told(&rows)? })
}

/// Scopes as the server takes a list.
pub(super) fn array(scopes: &[Scope]) -> Vec<[u8; 32]> {
    scopes.iter().map(|scope| *scope.as_bytes()).collect()
}
