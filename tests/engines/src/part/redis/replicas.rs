//! Writes that count only when a replica has them.

use std::time::Duration;

use anyhow::{Result, ensure};
use engines::redis::Redis;
use steps::report::Report;
use vestibule_redis::{Durability, RedisStore};
use vestibule_web::store::{Ended, Load, StoreError};

use super::user::{is_live, key, login, logout, open, sign_in, sign_out};

pub(super) async fn run(report: &mut Report) {
    let title = "with WaitReplicas nothing is confirmed that no replica has";
    let _ = report.step(title, h09_a_shortfall_of_replicas_is_no_success()).await;
}

async fn h09_a_shortfall_of_replicas_is_no_success() -> Result<()> {
    let primary = Redis::start().await?;
    let mut replica = Redis::replica_of(&primary).await?;
    let durability = Durability::WaitReplicas { replicas: 1, within: Duration::from_millis(300) };
    let store = open(&RedisStore::builder(&primary.url()).durability(durability).build()?);
    store.check().await?;
    for (number, sub) in [(1, "alice"), (2, "bob"), (3, "carol")] {
        sign_in(&*store, number, sub).await?;
    }
    sign_out(&*store, "alice").await?;
    ensure!(replica.run(&["KEYS", "*:cutoffs"])?.ends_with("cutoffs"), "the replica has it");
    ensure!(store.end(&key(3)).await?.reply == Ended::Ended, "one session ends");

    replica.pause();
    for _ in 0..2 {
        let short = store.revoke(logout("bob")).await;
        ensure!(matches!(short, Err(StoreError::NotReplicated)), "nor when it is repeated: {short:?}");
        ensure!(!is_live(&*store, 2).await?, "it is obeyed all the same");
    }
    let short = store.insert(login(&*store, 4, "dave").await?, None).await;
    ensure!(matches!(short, Err(StoreError::NotReplicated)), "{short:?}");
    ensure!(store.load(&key(4)).await?.reply == Load::Absent, "no session is left that nobody has");

    replica.resume();
    store.revoke(logout("bob")).await?;
    replica.kill();
    while primary.run(&["INFO", "replication"])?.contains("connected_slaves:1") {
        tokio::task::yield_now().await;
    }
    let checked = store.check().await;
    ensure!(matches!(checked, Err(StoreError::NotReplicated)), "the self-test says so: {checked:?}");
    Ok(())
}
