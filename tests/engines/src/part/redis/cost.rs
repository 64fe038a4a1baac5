//! What the verbs cost the server.

use std::time::Duration;

use anyhow::{Context, Result, ensure};
use bytes::Bytes;
use engines::redis::Redis;
use steps::report::Report;
use vestibule_redis::RedisStore;
use vestibule_web::store::{CommitRefresh, HolderId, RefreshHash, SessionStore};

use super::user::{is_live, key, login, logout, open, sign_in, sign_out};

/// How many sessions one subject has.
const MANY: u32 = 100_000;

pub(super) async fn run(report: &mut Report, server: &Redis) {
    let title = "commands within the scripts of the verbs of a request: load, touch, refresh, logout";
    let _ = report.measured(title, commands_of_each_verb(server)).await;
    let title = format!("a logout that strikes {MANY} sessions costs what one costs that strikes one");
    let _ = report.measured(title, bm11_a_logout_costs_the_same_however_many_it_strikes(server)).await;
}

async fn commands_of_each_verb(server: &Redis) -> Result<String> {
    server.run(&["FLUSHALL"])?;
    let store = open(&RedisStore::new(&server.url())?);
    sign_in(&*store, 1, "alice").await?;
    let (key, holder, token) = (key(1), HolderId::from_bytes([1; 16]), RefreshHash::from_bytes([1; 32]));
    let (store, minute) = (&*store, Duration::from_secs(60));
    let mut found = Vec::new();
    found.push(("load", counted(server, store.load(&key)).await?, 5));
    found.push(("touch", counted(server, store.touch(&key, minute * 60)).await?, 8));
    found.push(("lease", counted(server, store.lease(&key, &holder, minute)).await?, 8));
    found.push((
        "begin_attempt",
        counted(server, store.begin_attempt(&key, &holder, &token, minute)).await?,
        7,
    ));
    let commit = CommitRefresh {
        holder,
        spent: token,
        grant: Bytes::from_static(b"new"),
        refresh: Some(token),
        listen: Vec::new(),
    };
    found.push(("commit_refresh", counted(server, store.commit_refresh(&key, commit)).await?, 12));
    found.push(("replace", counted(server, store.replace(&key, 0, Bytes::from_static(b"new"))).await?, 10));
    let next = login(store, 2, "bob").await?;
    found.push(("insert", counted(server, store.insert(next, None)).await?, 13));
    found.push(("revoke", counted(server, store.revoke(logout("alice"))).await?, 13));
    for (verb, commands, budget) in &found {
        ensure!(commands <= budget, "{verb}: {commands} commands, not {budget}");
    }
    let found: Vec<_> = found.iter().map(|(verb, commands, _)| format!("{verb} {commands}")).collect();
    Ok(found.join(", "))
}

/// How many commands the server carried out meanwhile, the script itself among them.
async fn counted<T, E: Into<anyhow::Error>>(
    server: &Redis,
    verb: impl Future<Output = Result<T, E>>,
) -> Result<u64> {
    server.run(&["CONFIG", "RESETSTAT"])?;
    verb.await.map_err(Into::into)?;
    let statistics = server.run(&["INFO", "commandstats"])?;
    let lines = statistics.lines().filter(|line| {
        !["info", "config", "script"].iter().any(|own| line.starts_with(&format!("cmdstat_{own}")))
    });
    Ok(lines.filter_map(|line| field(line, "calls=")).sum())
}

fn field(line: &str, name: &str) -> Option<u64> {
    let value = line.split(name).nth(1)?;
    value.split(|c: char| !c.is_ascii_digit()).next()?.parse().ok()
}

/// Copies of one record under other keys, all of them in the index of its subject.
const MULTIPLY: &str = "
local record = redis.call('KEYS', '*:s:*')[1]
local index, stem = redis.call('KEYS', '*:u:*')[1], record:sub(1, -44)
for i = 1, tonumber(ARGV[1]) do
  local copy = ('%043d'):format(i)
  redis.call('COPY', record, stem .. copy)
  redis.call('ZADD', index, 9e15, ('%032d'):format(i) .. ('%016d'):format(i))
end";

async fn bm11_a_logout_costs_the_same_however_many_it_strikes(server: &Redis) -> Result<String> {
    let mut costs = Vec::new();
    let mut bytes = 0;
    for copies in [0, MANY - 1] {
        server.run(&["FLUSHALL"])?;
        let store = open(&RedisStore::new(&server.url())?);
        sign_in(&*store, 1, "alice").await?;
        let before = used(server)?;
        server.run(&["EVAL", MULTIPLY, "0", &copies.to_string()])?;
        bytes = (used(server)? - before) / u64::from(copies.max(1));
        costs.push(cost_of_a_logout(server, &*store).await?);
        ensure!(!is_live(&*store, 1).await?, "it strikes");
    }
    server.run(&["FLUSHALL"])?;
    let [(few, of_few), (many, of_many)] = costs[..] else { anyhow::bail!("two sizes") };
    ensure!(few == many, "{few} commands for one session, {many} for {MANY}");
    Ok(format!(
        "{many} commands; {of_few} µs and {of_many} µs in the server; {bytes} bytes a session of 1 kB"
    ))
}

/// Commands and microseconds in the server.
async fn cost_of_a_logout(server: &Redis, store: &dyn SessionStore) -> Result<(u64, u64)> {
    sign_out(store, "bob").await?;
    let commands = counted(server, async { sign_out(store, "alice").await }).await?;
    let statistics = server.run(&["INFO", "commandstats"])?;
    let script =
        statistics.lines().find(|line| line.starts_with("cmdstat_evalsha:")).context("a script ran")?;
    Ok((commands, field(script, "usec=").context("it took time")?))
}

fn used(server: &Redis) -> Result<u64> {
    let memory = server.run(&["INFO", "memory"])?;
    memory.lines().find_map(|line| field(line, "used_memory:")).context("the server tells")
}
