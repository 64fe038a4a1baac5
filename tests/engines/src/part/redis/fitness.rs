//! Servers that are set up wrongly, and one that is full.

use anyhow::{Result, ensure};
use bytes::Bytes;
use engines::redis::Redis;
use steps::report::Report;
use vestibule_redis::RedisStore;
use vestibule_web::store::{Commit, CommitRefresh, HolderId, RefreshHash, StoreError};

use super::user::{is_live, key, login, open, sign_in, sign_out};

pub(super) async fn run(report: &mut Report) {
    let title = "a server that may evict fails the self-test";
    let _ = report.step(title, bm12_a_server_that_may_evict_is_refused()).await;
    let title = "a full server refuses logins; sessions, logouts and refreshes go on";
    let _ = report.step(title, h19_a_full_server_still_takes_logouts()).await;
}

async fn bm12_a_server_that_may_evict_is_refused() -> Result<()> {
    let server = Redis::start().await?;
    let store = open(&RedisStore::new(&server.url())?);
    store.check().await?;
    for policy in ["allkeys-lru", "volatile-ttl", "volatile-lru", "allkeys-random"] {
        server.run(&["CONFIG", "SET", "maxmemory-policy", policy])?;
        let checked = store.check().await;
        ensure!(matches!(checked, Err(StoreError::MayEvict)), "{policy}: {checked:?}");
    }
    server.run(&["CONFIG", "SET", "maxmemory-policy", "noeviction"])?;
    Ok(store.check().await?)
}

async fn h19_a_full_server_still_takes_logouts() -> Result<()> {
    let server = Redis::start().await?;
    let store = open(&RedisStore::new(&server.url())?);
    for (number, sub) in [(1, "alice"), (2, "bob")] {
        sign_in(&*store, number, sub).await?;
    }
    let late = login(&*store, 3, "carol").await?;
    server.run(&["CONFIG", "SET", "maxmemory", "100kb"])?;

    let refused = store.insert(late.clone(), None).await;
    ensure!(matches!(refused, Err(StoreError::Full)), "{refused:?}");
    let refused = store.replace(&key(2), 0, Bytes::from_static(b"more")).await;
    ensure!(matches!(refused, Err(StoreError::Full)), "{refused:?}");
    ensure!(is_live(&*store, 2).await?, "who is signed in stays so");
    sign_out(&*store, "alice").await?;
    ensure!(!is_live(&*store, 1).await?, "and a logout is obeyed");
    let refreshed = CommitRefresh {
        holder: HolderId::from_bytes([1; 16]),
        spent: RefreshHash::from_bytes([2; 32]),
        grant: Bytes::from_static(b"new tokens"),
        refresh: None,
        listen: Vec::new(),
    };
    let committed = store.commit_refresh(&key(2), refreshed).await?.reply;
    ensure!(matches!(committed, Commit::Committed(_)), "new tokens are not lost: {committed:?}");

    server.run(&["CONFIG", "SET", "maxmemory", "0"])?;
    store.insert(late, None).await?;
    ensure!(is_live(&*store, 3).await?, "with room there are logins again");
    Ok(())
}
