//! What the server itself counts: a logout looks at no session, and nothing reads a table from end to end.

use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use engines::Postgres;
use sqlx::{Connection as _, PgPool, Row as _, postgres::PgPoolOptions};
use vestibule_sql::PostgresStore;
use vestibule_web::{
    conformance::model::{RETENTION, key, realm, session},
    store::{Revocation, SessionStore, StoreBackend as _},
};

const SIZES: [u32; 2] = [1_000, 100_000];

/// How often a table was read from end to end, how often an index of it was looked into, and how many rows were written.
#[derive(Debug, PartialEq, Eq)]
struct Cost {
    scanned: i64,
    looked_up: i64,
    written: i64,
}

pub(super) async fn measure() -> Result<String> {
    let server = Postgres::start().await?;
    // One connection: the server tells what this one did as soon as it is asked to.
    let pool = PgPoolOptions::new().max_connections(1).connect(&server.url()).await?;
    let store = PostgresStore::from_pool(pool.clone()).open(&realm(), RETENTION);
    log_in(&*store, 0).await?;
    let mut logouts = Vec::new();
    let mut size = 1;
    for goal in SIZES {
        fill(&pool, size, goal).await?;
        size = goal;
        // The first of each kind makes room in the tables.
        revoke(&*store, 2 * size).await?;
        let before = [cost(&pool, "vestibule_sessions").await?, cost(&pool, "vestibule_%").await?];
        revoke(&*store, 2 * size + 1).await?;
        let after = [cost(&pool, "vestibule_sessions").await?, cost(&pool, "vestibule_%").await?];
        ensure!(after[0] == before[0], "a logout looked at sessions: {before:?}, {after:?}");
        logouts.push(after[1].written - before[1].written);
    }
    ensure!(logouts[0] == logouts[1], "rows that a logout wrote: {logouts:?}");

    let before = cost(&pool, "vestibule_sessions").await?;
    use_all(&*store).await?;
    let after = cost(&pool, "vestibule_sessions").await?;
    ensure!(after.scanned == before.scanned, "sessions were read from end to end: {before:?}, {after:?}");
    ensure!(after.looked_up > before.looked_up, "and they were read at all");
    let bytes =
        server.run("SELECT pg_total_relation_size('vestibule_sessions')")?.parse::<u64>()? / u64::from(size);
    Ok(format!("a logout writes {} rows, a session takes {bytes} bytes with its indexes", logouts[0]))
}

/// Each verb that looks for sessions.
async fn use_all(store: &dyn SessionStore) -> Result<()> {
    let (key, subject) = (key(0), realm().subject("alice"));
    store.load(&key).await?;
    store.touch(&key, Duration::from_secs(60)).await?;
    store.sessions_of(&subject).await?;
    store.replace(&key, 0, "new".into()).await?;
    store.end(&key).await?;
    log_in(store, 1).await?;
    let alice = Revocation { scopes: vec![subject], heard: None, logout: None, spare: None };
    store.revoke(alice).await?;
    let reaped = store.reap(1_000).await?.reply;
    ensure!(reaped.removed > 0, "what was revoked is deleted: {reaped:?}");
    Ok(())
}

async fn log_in(store: &dyn SessionStore, number: u32) -> Result<()> {
    let began = store.now().await?;
    store.insert(session(number, "alice", None, began), None).await?;
    Ok(())
}

/// A logout of somebody without a session.
async fn revoke(store: &dyn SessionStore, number: u32) -> Result<()> {
    let scopes = vec![realm().subject(&number.to_string()), realm().sid(&number.to_string())];
    store
        .revoke(Revocation {
            scopes,
            heard: None,
            logout: Some(realm().logout_id(&number.to_string())),
            spare: None,
        })
        .await?;
    Ok(())
}

/// Copies of the one session, each of another user.
async fn fill(pool: &PgPool, from: u32, to: u32) -> Result<()> {
    let sql = format!(
        "INSERT INTO vestibule_sessions SELECT realm, sha256(number::text::bytea), format, public_id,
            sha256(('sub ' || number)::bytea), ARRAY[scopes[1], sha256(('sub ' || number)::bytea),
            sha256(('others ' || number)::bytea), sha256(('session ' || number)::bytea), sha256(('sid ' || number)::bytea)],
            began, created, last_seen, idle_end, absolute_end, label, tokens, refresh, grant_version, data, version,
            lease_holder, lease_until, attempts
         FROM vestibule_sessions, generate_series({from}, {to} - 1) AS number
         WHERE octet_length(key) = 32 AND subject = (SELECT subject FROM vestibule_sessions ORDER BY created, ctid LIMIT 1);
         ANALYZE"
    );
    sqlx::raw_sql(sqlx::AssertSqlSafe(sql)).execute(pool).await.map(drop).context("copies of a session")
}

async fn cost(pool: &PgPool, tables: &str) -> Result<Cost> {
    let mut connection = pool.acquire().await?;
    connection.ping().await?;
    sqlx::query("SELECT pg_stat_force_next_flush()").execute(&mut *connection).await?;
    // What is told is counted at the end of the statement before.
    connection.ping().await?;
    let row = sqlx::query(
        "SELECT COALESCE(SUM(seq_scan), 0)::bigint AS scanned, COALESCE(SUM(idx_scan), 0)::bigint AS looked_up,
            COALESCE(SUM(n_tup_ins + n_tup_upd + n_tup_del), 0)::bigint AS written
         FROM pg_stat_user_tables WHERE relname LIKE $1",
    )
    .bind(tables)
    .fetch_one(&mut *connection)
    .await
    .context("what the server counted")?;
    Ok(Cost {
        scanned: row.try_get("scanned")?,
        looked_up: row.try_get("looked_up")?,
        written: row.try_get("written")?,
    })
}
