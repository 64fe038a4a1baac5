use sqlx::{Connection as _, PgConnection, Row, query, raw_sql};

use crate::{error::Failure, millis::span, schema};

use super::engine::PostgresEngine;

/// Under which lock nodes make the tables, one after another: "vestibul".
const LOCK: i64 = 0x7665_7374_6962_756c;

/// Makes the tables and the rows of the realm, as far as they are missing.
pub(super) async fn make_ready(engine: &PostgresEngine) -> Result<(), Failure> {
    let mut lent = engine.database.lend_sure().await?;
    let mut step = lent.begin().await?;
    if applied(&mut step).await? < schema::latest(schema::POSTGRES) {
        query("SELECT pg_advisory_xact_lock($1)").bind(LOCK).execute(&mut *step).await?;
        migrate(&mut step).await?;
    }
    // A new store begins where this node was: what it knows of the time is of the store that was there before.
    query(
        "INSERT INTO vestibule_store (birth, clock_offset)
         SELECT GREATEST(server, $1), GREATEST($1 - server, 0)
         FROM (SELECT (extract(epoch FROM clock_timestamp()) * 1000)::bigint AS server) AS clock
         ON CONFLICT DO NOTHING",
    )
    .bind(engine.database.floor())
    .execute(&mut *step)
    .await?;
    query(
        "INSERT INTO vestibule_realms AS r (realm, issuer, client_id, keep_cutoffs, keep_logouts)
         VALUES ($1, $2, $3, $4, $5) ON CONFLICT (realm) DO UPDATE SET
            keep_cutoffs = GREATEST(r.keep_cutoffs, excluded.keep_cutoffs),
            keep_logouts = GREATEST(r.keep_logouts, excluded.keep_logouts)
         WHERE r.keep_cutoffs < excluded.keep_cutoffs OR r.keep_logouts < excluded.keep_logouts",
    )
    .bind(engine.realm)
    .bind(engine.name.issuer())
    .bind(engine.name.client_id())
    .bind(span(engine.retention.cutoffs))
    .bind(span(engine.retention.logout_ids))
    .execute(&mut *step)
    .await?;
    // A number that no log before it has reached, unless it told a thousand things each millisecond.
    query(
        "INSERT INTO vestibule_log_heads (realm, log_end)
         SELECT $1, ((extract(epoch FROM clock_timestamp()) * 1000)::bigint + clock_offset) * 1000
         FROM vestibule_store ON CONFLICT DO NOTHING",
    )
    .bind(engine.realm)
    .execute(&mut *step)
    .await?;
    step.commit().await?;
    engine.database.take_back(lent);
    Ok(())
}

/// Which step of the schema was the last; zero when there is none.
async fn applied(connection: &mut PgConnection) -> Result<i64, Failure> {
    let exists: bool = query("SELECT to_regclass('vestibule_migrations') IS NOT NULL AS made")
        .fetch_one(&mut *connection)
        .await?
        .try_get("made")?;
    if !exists {
        return Ok(0);
    }
    let row = query("SELECT COALESCE(MAX(version), 0) AS version FROM vestibule_migrations");
    Ok(row.fetch_one(connection).await?.try_get("version")?)
}

async fn migrate(connection: &mut PgConnection) -> Result<(), Failure> {
    raw_sql("CREATE TABLE IF NOT EXISTS vestibule_migrations (version bigint PRIMARY KEY)")
        .execute(&mut *connection)
        .await?;
    let version = applied(connection).await?;
    for migration in schema::POSTGRES.iter().filter(|migration| migration.version > version) {
        raw_sql(migration.sql).execute(&mut *connection).await?;
        query("INSERT INTO vestibule_migrations (version) VALUES ($1)")
            .bind(migration.version)
            .execute(&mut *connection)
            .await?;
    }
    Ok(())
}
