//! Another server takes over, and knows less than the one before.

use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;

use anyhow::{Result, ensure};
use engines::proxy::Proxy;
use engines::redis::Redis;
use steps::report::Report;
use vestibule_redis::RedisStore;
use vestibule_web::store::{Changes, Revoke, StoreError};

use super::user::{is_live, log_end, logout, open, sign_in, sign_out};

pub(super) async fn run(report: &mut Report) {
    let title = "a successor is told of the logouts that it missed, before anybody is let in";
    let _ = report.step(title, h09_a_successor_is_told_what_it_missed()).await;
    let title = "a successor with a slower clock goes on from where the time was";
    let _ = report.step(title, h09_h11_a_slower_clock_does_not_set_time_back()).await;
    let title = "a server that became a replica is not asked, and nobody is signed out";
    let _ = report.step(title, h09_a_replica_is_not_asked()).await;
    let title = "a closed connection is made anew within the call";
    let _ = report.step(title, a_closed_connection_is_made_anew()).await;
}

fn address(server: &Redis) -> SocketAddr {
    (Ipv4Addr::LOCALHOST, server.port()).into()
}

/// A primary, the replica that is to follow it, and the way to whichever is in charge.
async fn pair() -> Result<(Redis, Redis, Proxy)> {
    let primary = Redis::start().await?;
    let replica = Redis::replica_of(&primary).await?;
    let way = Proxy::to(address(&primary)).await?;
    Ok((primary, replica, way))
}

/// Takes `replica` away from `primary` once it has all that was written so far.
async fn detach(primary: &Redis, replica: &Redis) -> Result<()> {
    while primary.run(&["DBSIZE"])? != replica.run(&["DBSIZE"])? {
        tokio::task::yield_now().await;
    }
    replica.run(&["REPLICAOF", "NO", "ONE"])?;
    Ok(())
}

async fn h09_a_successor_is_told_what_it_missed() -> Result<()> {
    let (mut primary, replica, way) = pair().await?;
    let node = RedisStore::new(&way.in_url(&primary.url()))?;
    let store = open(&node);
    for (number, sub) in [(1, "alice"), (2, "bob")] {
        sign_in(&*store, number, sub).await?;
    }
    detach(&primary, &replica).await?;
    sign_out(&*store, "alice").await?;
    let read_to = log_end(&*store).await?;

    primary.kill();
    way.lead_to(address(&replica));
    ensure!(!is_live(&*store, 1).await?, "the first answer after the failover lets the old session in");
    ensure!(is_live(&*store, 2).await?, "and nobody else is signed out");
    let other = open(&RedisStore::new(&replica.url())?);
    ensure!(!is_live(&*other, 1).await?, "a node that never heard of the logout obeys it");
    let told = store.changes(read_to, Duration::ZERO).await?.reply;
    ensure!(matches!(told, Changes::Lagged { .. }), "caches start anew: {told:?}");
    sign_in(&*store, 3, "alice").await?;
    ensure!(is_live(&*other, 3).await?, "she can sign in again");
    Ok(())
}

async fn h09_h11_a_slower_clock_does_not_set_time_back() -> Result<()> {
    let (mut primary, replica, way) = pair().await?;
    let node = RedisStore::new(&way.in_url(&primary.url()))?;
    let store = open(&node);
    sign_in(&*store, 1, "alice").await?;
    detach(&primary, &replica).await?;
    let meta = replica.run(&["KEYS", "*:meta"])?;
    replica.run(&["HINCRBY", &meta, "offset", "-600000"])?;
    let before = store.now().await?;

    primary.kill();
    way.lead_to(address(&replica));
    let after = store.now().await?;
    ensure!(after >= before, "{before:?}, then {after:?}");
    ensure!(after.since(before) < Duration::from_secs(60), "nor does it run away");
    sign_out(&*store, "alice").await?;
    ensure!(!is_live(&*store, 1).await?, "a logout after it strikes what began before");
    Ok(())
}

async fn h09_a_replica_is_not_asked() -> Result<()> {
    let (server, other, _way) = pair().await?;
    let store = open(&RedisStore::new(&server.url())?);
    sign_in(&*store, 1, "alice").await?;
    detach(&server, &other).await?;
    server.run(&["REPLICAOF", "127.0.0.1", &other.port().to_string()])?;
    for _ in 0..3 {
        let answer = is_live(&*store, 1).await;
        ensure!(matches!(answer, Err(StoreError::Unavailable(_))), "{answer:?}");
        let answer = store.revoke(logout("bob")).await;
        ensure!(matches!(answer, Err(StoreError::Unavailable(_))), "{answer:?}");
        ensure!(store.check().await.is_err(), "and the self-test says so");
    }
    server.run(&["REPLICAOF", "NO", "ONE"])?;
    ensure!(is_live(&*store, 1).await?, "the session is still there");
    let reply = store.revoke(logout("bob")).await?.reply;
    ensure!(matches!(reply, Revoke::Revoked { .. }), "the logout that was refused was not spent: {reply:?}");
    Ok(())
}

async fn a_closed_connection_is_made_anew() -> Result<()> {
    let server = Redis::start().await?;
    let store = open(&RedisStore::new(&server.url())?);
    sign_in(&*store, 1, "alice").await?;
    for _ in 0..20 {
        server.run(&["CLIENT", "KILL", "TYPE", "normal"])?;
        ensure!(is_live(&*store, 1).await?, "the session is still there");
    }
    Ok(())
}
