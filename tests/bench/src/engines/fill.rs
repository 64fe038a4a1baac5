//! Engines with many sessions, soon.

use std::path::Path;

use anyhow::{Context as _, Result};
use sqlx::{
    AssertSqlSafe, Connection as _, PgConnection, Row as _, SqliteConnection, raw_sql,
    sqlite::{SqliteConnectOptions, SqliteSynchronous},
};
use vestibule_web::store::SessionRecord;

use super::{Engines, Kind};
use crate::stores::Filled;

/// So many sessions come through the store even where the others are copies of one: all that are logged out later.
const REAL: usize = 1_000;

/// How many copies one transaction makes in a file.
const AT_ONCE: usize = 50_000;

impl Engines {
    /// A store of its own with so many sessions, each of a user and a `sid` of its own. In SQL most of them are copies
    /// with other keys, subjects and scopes, which the engine makes itself.
    ///
    /// # Errors
    /// When the engine does not take them.
    pub async fn filled(
        &self,
        kind: Kind,
        name: &str,
        sessions: usize,
        model: &SessionRecord,
    ) -> Result<Filled> {
        let through = if kind.is_sql() { sessions.min(REAL) } else { sessions };
        let filled = Filled::in_store(&*self.store(kind, name)?, through, model).await?;
        let copies = sessions - through;
        match kind {
            _ if copies == 0 => {}
            Kind::Memory | Kind::Redis => {}
            Kind::Postgres => copy_in_postgres(&self.postgres.url_of(name), copies).await?,
            Kind::Sqlite => copy_in_sqlite(&self.file(name), copies).await?,
        }
        Ok(filled)
    }
}

async fn copy_in_postgres(url: &str, copies: usize) -> Result<()> {
    let mut connection = PgConnection::connect(url).await?;
    let run = async |connection: &mut PgConnection, sql: String| {
        raw_sql(AssertSqlSafe(sql)).execute(connection).await.map(drop)
    };
    // An index that is made afterwards takes a tenth of the time.
    let indexes = raw_sql(
        "SELECT indexname AS name, indexdef AS made FROM pg_indexes
         WHERE tablename = 'vestibule_sessions' AND indexdef NOT LIKE '% UNIQUE %'",
    );
    let indexes = indexes.fetch_all(&mut connection).await?;
    for index in &indexes {
        run(&mut connection, format!("DROP INDEX {}", index.try_get::<&str, _>("name")?)).await?;
    }
    let copying = format!(
        r"INSERT INTO vestibule_sessions
          SELECT copy.* FROM (SELECT * FROM vestibule_sessions LIMIT 1) AS model,
            generate_series(1, {copies}) AS number,
            jsonb_populate_record(model::vestibule_sessions, jsonb_build_object(
                'key', sha256(('key copy ' || number)::bytea),
                'public_id', substr(sha256(('id copy ' || number)::bytea), 1, 16),
                'subject', sha256(('sub copy ' || number)::bytea),
                'scopes', (SELECT jsonb_agg(sha256((part || ' copy ' || number)::bytea))
                           FROM generate_series(1, cardinality(model.scopes)) AS part))) AS copy"
    );
    run(&mut connection, copying).await?;
    run(&mut connection, "SET maintenance_work_mem = '1GB'".to_owned()).await?;
    for index in &indexes {
        run(&mut connection, index.try_get("made")?).await?;
    }
    for tidying in ["VACUUM ANALYZE", "CHECKPOINT"] {
        run(&mut connection, tidying.to_owned()).await?;
    }
    Ok(connection.close().await?)
}

async fn copy_in_sqlite(file: &Path, copies: usize) -> Result<()> {
    // Gigabytes, so that a tree of random keys is not written again and again.
    let options = SqliteConnectOptions::new().filename(file).synchronous(SqliteSynchronous::Off);
    let mut connection = SqliteConnection::connect_with(&options.pragma("cache_size", "-2000000")).await?;
    let run = async |connection: &mut SqliteConnection, sql: String| {
        raw_sql(AssertSqlSafe(sql)).execute(connection).await.map(drop)
    };
    let columns = raw_sql("SELECT name FROM pragma_table_info('vestibule_sessions')");
    let columns = columns.fetch_all(&mut connection).await?;
    let columns: Vec<&str> = columns.iter().map(|row| row.try_get("name")).collect::<Result<_, _>>()?;
    let copied = |column: &&str| match *column {
        "id" => "NULL".to_owned(),
        "key" | "public_id" | "subject" | "scopes" => format!("randomblob(length({column}))"),
        other => other.to_owned(),
    };
    let copied = columns.iter().map(copied).collect::<Vec<_>>().join(", ");
    let index = raw_sql("SELECT sql FROM sqlite_master WHERE name = 'vestibule_listening_to'");
    let index = index.fetch_optional(&mut connection).await?.context("the index of those that listen")?;
    run(&mut connection, "DROP INDEX vestibule_listening_to".to_owned()).await?;
    let mut left = copies;
    while left > 0 {
        let batch = left.min(AT_ONCE);
        let copying = format!(
            "BEGIN;
             CREATE TEMP TABLE last AS SELECT max(id) AS id FROM vestibule_sessions;
             WITH RECURSIVE numbers (number) AS (SELECT 1 UNION ALL SELECT number + 1 FROM numbers WHERE number < {batch})
             INSERT INTO vestibule_sessions SELECT {copied}
             FROM (SELECT * FROM vestibule_sessions WHERE id = (SELECT min(id) FROM vestibule_sessions)), numbers;
             WITH RECURSIVE parts (part) AS (SELECT 0 UNION ALL SELECT part + 1 FROM parts WHERE part < 15),
                prefix (size) AS (SELECT length(scope_prefix) FROM vestibule_listening LIMIT 1)
             INSERT INTO vestibule_listening SELECT id, substr(scopes, 32 * part + 1, size)
             FROM vestibule_sessions CROSS JOIN parts CROSS JOIN prefix
             WHERE id > (SELECT id FROM last) AND 32 * part < length(scopes);
             DROP TABLE last;
             COMMIT"
        );
        run(&mut connection, copying).await?;
        left -= batch;
    }
    run(&mut connection, index.try_get("sql")?).await?;
    run(&mut connection, "PRAGMA wal_checkpoint(TRUNCATE)".to_owned()).await?;
    Ok(connection.close().await?)
}
