use sqlx::{Sqlite, query, query::Query, sqlite::SqliteArguments};
use vestibule_web::store::{Scope, Stamped};

use crate::{
    columns::Columns,
    error::Failure,
    millis::{moment, span},
};

use super::{
    engine::SqliteEngine,
    read::covered,
    step::{SqliteStep, prefix},
};

/// Deletes what lapsed, then what was revoked, then what need not be remembered any longer.
pub(super) async fn reap(engine: &SqliteEngine, limit: u32) -> Result<Stamped<u32>, Failure> {
    let realm = engine.realm;
    let mut step = engine.begin().await?;
    let (at, retention) = (step.sight.at, step.sight.retention);
    let mut left = limit;

    let lapsed = "DELETE FROM vestibule_sessions WHERE id IN (
        SELECT id FROM vestibule_sessions WHERE realm = $1 AND idle_end <= $2 LIMIT $3)";
    delete(&mut step, &mut left, |left| query(lapsed).bind(realm).bind(moment(at)).bind(left)).await?;

    while left > 0
        && let Some(scope) = struck(&mut step, realm).await?
    {
        const REVOKED: &str = concat!(
            "DELETE FROM vestibule_sessions WHERE id IN (
                SELECT s.id FROM vestibule_listening l JOIN vestibule_sessions s ON s.id = l.session
                WHERE l.scope_prefix = $2 AND s.realm = $1 AND ",
            covered!(session),
            " LIMIT $3)"
        );
        delete(&mut step, &mut left, |left| query(REVOKED).bind(realm).bind(prefix(&scope)).bind(left))
            .await?;
        if left > 0 {
            query("UPDATE vestibule_cutoffs SET reaped = 1 WHERE realm = $1 AND scope = $2")
                .bind(realm)
                .bind(scope.as_bytes().to_vec())
                .execute(&mut *step.transaction)
                .await?;
        }
    }

    let cutoffs = "DELETE FROM vestibule_cutoffs WHERE realm = $1 AND scope IN (
        SELECT scope FROM vestibule_cutoffs WHERE realm = $1 AND struck_at <= $2 LIMIT $3)";
    let forgotten = moment(at).saturating_sub(span(retention.cutoffs));
    delete(&mut step, &mut left, |left| query(cutoffs).bind(realm).bind(forgotten).bind(left)).await?;

    let logouts = "DELETE FROM vestibule_spent_logouts WHERE realm = $1 AND logout IN (
        SELECT logout FROM vestibule_spent_logouts WHERE realm = $1 AND spent_at <= $2 LIMIT $3)";
    let forgotten = moment(at).saturating_sub(span(retention.logout_ids));
    delete(&mut step, &mut left, |left| query(logouts).bind(realm).bind(forgotten).bind(left)).await?;

    step.commit().await?;
    Ok(Stamped { at, reply: limit - left })
}

/// Deletes as many rows as are left to delete.
async fn delete(
    step: &mut SqliteStep,
    left: &mut u32,
    statement: impl FnOnce(u32) -> Query<'static, Sqlite, SqliteArguments>,
) -> Result<(), Failure> {
    if *left > 0 {
        let deleted = statement(*left).execute(&mut *step.transaction).await?.rows_affected();
        *left = left.saturating_sub(u32::try_from(deleted).unwrap_or(u32::MAX));
    }
    Ok(())
}

/// A scope that was struck and of which not all records have been looked at since.
async fn struck(step: &mut SqliteStep, realm: i64) -> Result<Option<Scope>, Failure> {
    let row = query("SELECT scope FROM vestibule_cutoffs WHERE realm = $1 AND reaped = 0 LIMIT 1")
        .bind(realm)
        .fetch_optional(&mut *step.transaction)
        .await?;
    row.map(|row| Ok(Scope::from_bytes(row.fixed("scope")?))).transpose()
}
