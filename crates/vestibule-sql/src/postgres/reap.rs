use sqlx::query;
use vestibule_web::store::{Scope, Stamped};

use crate::{
    columns::Columns,
    engine::{Engine, Step},
    error::Failure,
    millis::{moment, span},
};

use super::{
    database::Statement,
    engine::PostgresEngine,
    read::{array, covered},
    step::PostgresStep,
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
    let mut step = engine.begin().await?;
    let sight = step.sight().await?;
    let mut left = i64::from(limit);

    let lapsed = |left| query(LAPSED).bind(realm).bind(moment(sight.at)).bind(left);
    delete(&mut step, &mut left, lapsed).await?;
    while left > 0
        && let Some(scope) = struck(&mut step).await?
    {
        // Planned each time: how many listen to a scope differs as much as between one user and everybody.
        let revoked = |left| query(REVOKED).persistent(false).bind(realm).bind(array(&[scope])).bind(left);
        delete(&mut step, &mut left, revoked).await?;
        if left > 0 {
            query("UPDATE vestibule_cutoffs SET reaped = true WHERE realm = $1 AND scope = $2")
                .bind(realm)
                .bind(*scope.as_bytes())
                .execute(&mut *step.transaction)
                .await?;
        }
    }
    let forgotten = moment(sight.at).saturating_sub(span(sight.retention.cutoffs));
    delete(&mut step, &mut left, |left| query(CUTOFFS).bind(realm).bind(forgotten).bind(left)).await?;
    let forgotten = moment(sight.at).saturating_sub(span(sight.retention.logout_ids));
    delete(&mut step, &mut left, |left| query(LOGOUTS).bind(realm).bind(forgotten).bind(left)).await?;

    step.commit().await?;
    Ok(Stamped { at: sight.at, reply: limit.saturating_sub(u32::try_from(left).unwrap_or(0)) })
}

/// Deletes as many rows as are left to delete.
async fn delete(
    step: &mut PostgresStep,
    left: &mut i64,
    statement: impl FnOnce(i64) -> Statement,
) -> Result<(), Failure> {
    if *left > 0 {
        let deleted = statement(*left).execute(&mut *step.transaction).await?.rows_affected();
        *left = left.saturating_sub_unsigned(deleted);
    }
    Ok(())
}

/// A scope that was struck and of which not all records have been looked at since.
async fn struck(step: &mut PostgresStep) -> Result<Option<Scope>, Failure> {
    let row = query(
        "SELECT scope FROM vestibule_cutoffs WHERE realm = $1 AND NOT reaped
         LIMIT 1 FOR UPDATE SKIP LOCKED",
    )
    .bind(step.realm)
    .fetch_optional(&mut *step.transaction)
    .await?;
    row.map(|row| Ok(Scope::from_bytes(row.fixed("scope")?))).transpose()
}
