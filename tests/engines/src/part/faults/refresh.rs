//! One refresh for all nodes.

use std::time::Duration;

use anyhow::{Result, ensure};
use futures_util::future::join_all;
use scenarios::provider::ACCESS_TOKEN_LIFETIME;

use super::engine::Engine;
use super::stage::Stage;

/// Fifty requests at three nodes find an expired token, twenty times: one call of the provider each time, no failure.
pub(super) async fn d14_fifty_requests_at_three_nodes<E: Engine>() -> Result<String> {
    const ROUNDS: usize = 20;
    const REQUESTS: usize = 50;
    let engine = E::start().await?;
    let stage = Stage::set(&engine).await?;
    let alice = &stage.people[0];
    let mut calls = 0;
    for round in 0..ROUNDS {
        stage.world.advance(Duration::from_secs(ACCESS_TOKEN_LIFETIME));
        let before = stage.world.calls();
        let nodes = stage.nodes.iter().cycle().take(REQUESTS);
        let answers = join_all(nodes.map(|node| alice.api(node, "/api/token"))).await;
        for answer in &answers {
            ensure!(answer.status == 200, "round {round}: {answer:?}");
            ensure!(answer.text() == answers[0].text(), "round {round}: two tokens");
        }
        let made = (stage.world.calls() - before).token;
        ensure!(made == 1, "round {round}: {made} calls of the provider");
        calls += made;
    }
    Ok(format!("{calls} calls in {ROUNDS} rounds of {REQUESTS} requests, 0 failed"))
}
