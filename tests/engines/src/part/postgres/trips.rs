//! How far away a server may be: what a verb costs there is its round trips.

use std::{net::Ipv4Addr, time::Duration};

use anyhow::{Result, ensure};
use engines::{Postgres, proxy::Proxy};
use vestibule_sql::PostgresStore;
use vestibule_web::{
    conformance::model::{RETENTION, key, realm, session},
    store::{
        CommitRefresh, HolderId, RefreshHash, Revocation, SessionStore, StoreBackend as _, StoreError,
        StoreTime,
    },
};

/// A login counts as begun by the time it is stored.
const END_OF_TIME: StoreTime = StoreTime::from_millis(u64::MAX);
const TTL: Duration = Duration::from_secs(30);

/// A verb goes once. One that decides by what is stored goes twice: to read, and to write.
const VERBS: [(&str, u64); 13] = [
    ("now", 1),
    ("insert", 1),
    ("load", 1),
    ("is_covered", 1),
    ("touch", 1),
    ("revoke", 1),
    ("sessions_of", 1),
    ("replace", 2),
    ("lease", 2),
    ("begin_attempt", 2),
    ("commit_refresh", 2),
    ("release", 2),
    ("end", 2),
];

pub(super) async fn count() -> Result<String> {
    let server = Postgres::start().await?;
    let proxy = Proxy::to((Ipv4Addr::LOCALHOST, server.port()).into()).await?;
    let store = PostgresStore::builder(&proxy.in_url(&server.url())).max_connections(1).build()?;
    let store = store.open(&realm(), RETENTION);
    // A connection is told each statement once.
    for number in 0..2 {
        for (verb, _) in VERBS {
            call(&*store, verb, number).await?;
        }
    }
    let mut wrong = Vec::new();
    for (verb, expected) in VERBS {
        let before = proxy.round_trips();
        call(&*store, verb, 2).await?;
        let taken = proxy.round_trips() - before;
        if taken != expected {
            wrong.push(format!("{verb} {taken}, not {expected}"));
        }
    }
    ensure!(wrong.is_empty(), "round trips: {}", wrong.join("; "));
    let once = VERBS.iter().filter(|(_, trips)| *trips == 1).count();
    Ok(format!("{once} verbs once, {} twice: to read and to write", VERBS.len() - once))
}

/// In the order of the list, each finds what it needs.
async fn call(store: &dyn SessionStore, verb: &str, number: u32) -> Result<(), StoreError> {
    let (holder, spent) = (HolderId::from_bytes([1; 16]), RefreshHash::from_bytes([1; 32]));
    let key = key(number);
    match verb {
        "now" => {
            store.now().await?;
        }
        "insert" => {
            let mut session = session(number, "alice", None, END_OF_TIME);
            session.refresh = Some(spent);
            store.insert(session, None).await?;
        }
        "load" => {
            store.load(&key).await?;
        }
        "is_covered" => {
            store.is_covered(&key, &[realm().subject("alice")], END_OF_TIME).await?;
        }
        "touch" => {
            store.touch(&key, TTL).await?;
        }
        "revoke" => {
            let scopes = vec![realm().subject("bob"), realm().sid("bob")];
            let logout = Some(realm().logout_id(&number.to_string()));
            store.revoke(Revocation { scopes, heard: None, logout, spare: None }).await?;
        }
        "sessions_of" => {
            store.sessions_of(&realm().subject("alice")).await?;
        }
        "replace" => {
            store.replace(&key, 0, "new".into()).await?;
        }
        "lease" => {
            store.lease(&key, &holder, TTL).await?;
        }
        "begin_attempt" => {
            store.begin_attempt(&key, &holder, &spent, TTL).await?;
        }
        "commit_refresh" => {
            let refresh = Some(RefreshHash::from_bytes([2; 32]));
            let commit = CommitRefresh { holder, spent, grant: "new".into(), refresh, listen: Vec::new() };
            store.commit_refresh(&key, commit).await?;
        }
        "release" => {
            store.release(&key, &holder).await?;
        }
        _ => {
            store.end(&key).await?;
        }
    }
    Ok(())
}
