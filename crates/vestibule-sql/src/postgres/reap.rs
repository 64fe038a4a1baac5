use sqlx::{Connection as _, PgConnection, query};
use vestibule_web::store::{Scope, Stamped, StoreTime};

use crate::{columns::Columns, error::Failure, millis::moment};

use super::{
    database::Statement,
    engine::PostgresEngine,
    read::{array, clock, covered},
};

/// The rows are chosen and locked once, before any is deleted.
const LAPSED: &str = "WITH doomed AS MATERIALIZED (
        SELECT key FROM vestibule_sessions WHERE realm = $1 AND idle_end <= $2
        ORDER BY idle_end LIMIT $3 FOR UPDATE SKIP LOCKED
    ) DELETE FROM vestibule_sessions s USING doomed WHERE s.realm = $1 AND s.key = doomed.key";

const REVOKED: &str = concat!(
    "WITH doomed AS MATERIALIZED (
        SELECT s.key FROM vestibule_sessions s WHERE s.realm = $1 AND s.scopes @> $2 AND ",
    covered!(session),
    " LIMIT $3 FOR UPDATE SKIP LOCKED
    ) DELETE FROM vestibule_sessions s USING doomed WHERE s.realm = $1 AND s.key = doomed.key"
);

const CUTOFFS: &str = "WITH doomed AS MATERIALIZED (
        SELECT scope FROM vestibule_cutoffs WHERE realm = $1 AND struck_at <= $2
        ORDER BY struck_at LIMIT $3 FOR UPDATE SKIP LOCKED
    ) DELETE FROM vestibule_cutoffs c USING doomed WHERE c.realm = $1 AND c.scope = doomed.scope";

const LOGOUTS: &str = "WITH doomed AS MATERIALIZED (
        SELECT logout FROM vestibule_spent_logouts WHERE realm = $1 AND spent_at <= $2
        ORDER BY spent_at LIMIT $3 FOR UPDATE SKIP LOCKED
    ) DELETE FROM vestibule_spent_logouts l USING doomed WHERE l.realm = $1 AND l.logout = doomed.logout";

/// Deletes what lapsed, then what was revoked, then what need not be remembered any longer. What somebody else has
/// locked stays for the next time.
pub(super) async fn reap(engine: &PostgresEngine, limit: u32) -> Result<Stamped<u32>, Failure> {
    let realm = engine.realm;
    let mut lent = engine.database.lend_sure().await?;
    let mut step = lent.begin().await?;
    let Sight { at, keep_cutoffs, keep_logouts } = sight(engine, &mut step).await?;
    let mut left = i64::from(limit);

    let lapsed = |left| query(LAPSED).bind(realm).bind(moment(at)).bind(left);
    delete(&mut step, &mut left, lapsed).await?;
    while left > 0
        && let Some(scope) = struck(&mut step, realm).await?
    {
        // Planned each time: how many listen to a scope differs as much as between one user and everybody.
        let revoked = |left| query(REVOKED).persistent(false).bind(realm).bind(array(&[scope])).bind(left);
        delete(&mut step, &mut left, revoked).await?;
        if left > 0 {
            query("UPDATE vestibule_cutoffs SET reaped = true WHERE realm = $1 AND scope = $2")
                .bind(realm)
                .bind(*scope.as_bytes())
                .execute(&mut *step)
                .await?;
        }
    }
    let forgotten = moment(at).saturating_sub(keep_cutoffs);
    delete(&mut step, &mut left, |left| query(CUTOFFS).bind(realm).bind(forgotten).bind(left)).await?;
    let forgotten = moment(at).saturating_sub(keep_logouts);
    delete(&mut step, &mut left, |left| query(LOGOUTS).bind(realm).bind(forgotten).bind(left)).await?;

    step.commit().await?;
    engine.database.take_back(lent);
    Ok(Stamped { at, reply: limit.saturating_sub(u32::try_from(left).unwrap_or(0)) })
}

/// When the step happens, and for how many milliseconds things are remembered.
struct Sight {
    at: StoreTime,
    keep_cutoffs: i64,
    keep_logouts: i64,
}

async fn sight(engine: &PostgresEngine, step: &mut PgConnection) -> Result<Sight, Failure> {
    const SQL: &str = concat!(
        "SELECT clock.now, clock.behind, clock.standby, r.keep_cutoffs, r.keep_logouts FROM ",
        clock!(floor: "$2"),
        " JOIN vestibule_realms r ON r.realm = $1"
    );
    let sight = query(SQL).bind(engine.realm).bind(engine.database.floor());
    let row = sight.fetch_optional(step).await?.ok_or(Failure::Lost)?;
    Ok(Sight {
        at: engine.database.time_in(&row)?,
        keep_cutoffs: row.integer("keep_cutoffs")?,
        keep_logouts: row.integer("keep_logouts")?,
    })
}

/// Deletes as many rows as are left to delete.
async fn delete(
    step: &mut PgConnection,
    left: &mut i64,
    statement: impl FnOnce(i64) -> Statement,
) -> Result<(), Failure> {
    if *left > 0 {
        let deleted = statement(*left).execute(step).await?.rows_affected();
        *left = left.saturating_sub_unsigned(deleted);
    }
    Ok(())
}

/// A scope that was struck and of which not all records have been looked at since.
async fn struck(step: &mut PgConnection, realm: i64) -> Result<Option<Scope>, Failure> {
    let row = query(
        "SELECT scope FROM vestibule_cutoffs WHERE realm = $1 AND NOT reaped
         LIMIT 1 FOR UPDATE SKIP LOCKED",
    )
    .bind(realm)
    .fetch_optional(step)
    .await?;
    row.map(|row| Ok(Scope::from_bytes(row.fixed("scope")?))).transpose()
}
