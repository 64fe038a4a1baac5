use std::{sync::Arc, time::Duration};

use vestibule_web::store::{
    Change, Insert, NewSession, Retention, SessionKey, SessionRecord, Stamped, StoreTime, transition,
};

use crate::{
    columns::{Columns, FORMAT},
    error::Failure,
    log,
    millis::{moment, span},
};

use super::{engine::PostgresEngine, read::array};

pub(super) async fn insert(
    engine: &PostgresEngine,
    session: NewSession,
    ends: Option<SessionKey>,
) -> Result<Stamped<Insert>, Failure> {
    const SQL: &str =
        "SELECT at AS now, behind, false AS standby, outcome, its_began, its_idle_end, its_absolute_end
        FROM vestibule_insert_1($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)";
    let database = &engine.database;
    // Nothing is under the new key, or it is occupied.
    let ends = ends.filter(|ends| *ends != session.key);
    let insert = sqlx::query(SQL)
        .bind(engine.realm)
        .bind(*session.key.as_bytes())
        .bind(FORMAT)
        .bind(*session.public_id.as_bytes())
        .bind(*session.subject.as_bytes())
        .bind(array(&session.scopes))
        .bind(moment(session.began))
        .bind(span(session.idle))
        .bind(span(session.absolute))
        .bind(session.label.to_vec())
        .bind(session.grant.to_vec())
        .bind(session.refresh.map(|hash| *hash.as_bytes()))
        .bind(session.data.to_vec())
        .bind(ends.map(|ends| *ends.as_bytes()))
        .bind(ends.and_then(|ends| log::encode(&Change::Ended(ends))))
        .bind(database.floor())
        .bind(i64::from(database.log_length));
    let row = database.once(insert).await?;
    let at = database.time_in(&row)?;
    let reply = match &*row.text("outcome")? {
        "stored" => Insert::Stored(Arc::new(stored(session, at, &row)?)),
        "refused" => Insert::Refused,
        "occupied" => Insert::Occupied,
        _ => return Err(Failure::Corrupt),
    };
    Ok(Stamped { at, reply })
}

/// The record, with the moments that the server gave it.
fn stored(session: NewSession, now: StoreTime, row: &impl Columns) -> Result<SessionRecord, Failure> {
    const UNBOUNDED: Retention = Retention { cutoffs: Duration::MAX, logout_ids: Duration::MAX };
    Ok(SessionRecord {
        began: row.moment("its_began")?,
        idle_end: row.moment("its_idle_end")?,
        absolute_end: row.moment("its_absolute_end")?,
        ..transition::insert(session, now, UNBOUNDED)
    })
}
