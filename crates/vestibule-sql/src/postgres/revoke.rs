use vestibule_web::store::{Revocation, Revoke, Stamped};

use crate::{
    columns::Columns,
    error::Failure,
    log,
    millis::{moment, store_time},
};

use super::{engine::PostgresEngine, read::array};

pub(super) async fn revoke(
    engine: &PostgresEngine,
    revocation: Revocation,
) -> Result<Stamped<Revoke>, Failure> {
    const SQL: &str = "SELECT at AS now, behind, false AS standby, cutoff
        FROM vestibule_revoke_1($1, $2, $3, $4, $5, $6, $7, $8, $9)";
    let Revocation { mut scopes, heard, logout, spare } = revocation;
    scopes.sort_unstable();
    scopes.dedup();
    let database = &engine.database;
    let (before, after) = log::around_cutoff(&scopes, spare);
    let revoke = sqlx::query(SQL)
        .bind(engine.realm)
        .bind(array(&scopes))
        .bind(heard.map(moment))
        .bind(logout.map(|logout| *logout.as_bytes()))
        .bind(spare.map(|spare| *spare.as_bytes()))
        .bind(before)
        .bind(after)
        .bind(database.floor())
        .bind(i64::from(database.log_length));
    let row = database.once(revoke).await?;
    let at = database.time_in(&row)?;
    let reply = match row.integer_if_any("cutoff")?.map(store_time) {
        Some(cutoff) => Revoke::Revoked { cutoff },
        None => Revoke::Replayed,
    };
    Ok(Stamped { at, reply })
}
