//! Another server in place of the one that was there.

use std::time::Duration;

use anyhow::{Result, ensure};
use scenarios::Browser;
use tokio::time::sleep;

use super::engine::Engine;
use super::outage::repeated;
use super::stage::{Found, Stage};

/// Nodes that end up at a replica: it is never asked about sessions, and no logout is confirmed.
pub(super) async fn h08_read_only<E: Engine>() -> Result<String> {
    let engine = E::start().await?;
    let stage = Stage::set(&engine).await?;
    let replica = engine.replica().await?;
    let token = stage.logout_token("carol");
    stage.proxy.lead_to(replica.address());
    let status = stage.hear(0, &token).await;
    ensure!(status == 400, "a logout that cannot be written got {status}");
    let stranger = Browser::new("dave");
    let login = stranger.page(&stage.nodes[0], "/auth/login").await;
    if login.status == 303 {
        let callback = stage.world.authorize(&stranger, login.location());
        let callback = stage.nodes[0].path_of(&callback.map_err(|refused| anyhow::anyhow!("{refused:?}"))?);
        let status = stranger.page(&stage.nodes[0], &callback).await.status;
        ensure!(status == 503, "a login that cannot be written got {status}");
    }
    let found = stage.everybody().await;
    ensure!(!found.contains(&Found::SignedOut), "somebody was signed out");
    let failed = found.iter().filter(|found| **found == Found::Unavailable).count();
    stage.proxy.lead_to(engine.address());
    let recovered = stage.recovered_but_for(&["carol"]).await?;
    repeated(&stage, &token).await?;
    stage.signed_out(&["carol"]).await?;
    Ok(format!(
        "{failed} of {} requests failed; 0 sessions lost; recovered in {} ms",
        found.len(),
        recovered.as_millis()
    ))
}

/// The primary dies, its replica is promoted, and the network leads there.
pub(super) async fn h09_to_a_replica<E: Engine>() -> Result<String> {
    let mut engine = E::start().await?;
    let stage = Stage::set(&engine).await?;
    let replica = engine.replica().await?;
    ensure!(stage.hear(0, &stage.logout_token("carol")).await == 200, "a logout before it");
    stage.signed_out(&["carol"]).await?;
    // What is on its way to the replica arrives: how long that may take is the durability policy's business.
    sleep(Duration::from_millis(300)).await;
    engine.kill();
    replica.promote().await?;
    stage.proxy.lead_to(replica.address());
    let recovered = stage.recovered_but_for(&["carol"]).await?;
    stage.signed_out(&["carol"]).await?;
    ensure!(stage.hear(1, &stage.logout_token("bob")).await == 200, "a logout after it");
    let obeyed = stage.signed_out(&["bob", "carol"]).await?;
    Ok(format!(
        "0 sessions lost, 0 revived; recovered in {} ms, a logout obeyed within {} ms",
        recovered.as_millis(),
        obeyed.as_millis()
    ))
}

/// To a server whose clock is ten minutes behind: nobody notices, and no order is broken.
pub(super) async fn h09_to_a_slower_clock<E: Engine>() -> Result<String> {
    let engine = E::start().await?;
    let stage = Stage::set(&engine).await?;
    ensure!(stage.hear(0, &stage.logout_token("carol")).await == 200, "a logout before it");
    stage.signed_out(&["carol"]).await?;
    engine.step_back(Duration::from_secs(600))?;
    let found = stage.recovered_but_for(&["carol"]).await?;
    stage.signed_out(&["carol"]).await?;
    ensure!(stage.hear(1, &stage.logout_token("bob")).await == 200, "a logout after it");
    let obeyed = stage.signed_out(&["bob", "carol"]).await?;
    let later = Browser::new("bob");
    later.log_in(&stage.nodes[2]).await;
    ensure!(stage.everywhere(&later).await == [Found::SignedIn; 3], "a login after it lives");
    Ok(format!(
        "0 requests failed, 0 sessions lost or revived; seen after {} ms, a logout obeyed within {} ms",
        found.as_millis(),
        obeyed.as_millis()
    ))
}
