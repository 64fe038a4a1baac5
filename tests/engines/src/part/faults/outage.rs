//! The engine is not there, is there without its data, or does not answer.

use std::cell::Cell;
use std::time::Duration;

use anyhow::{Result, ensure};
use scenarios::{Browser, Sessions};
use tokio::time::sleep;

use super::engine::Engine;
use super::stage::{Found, Stage, now, visit};

/// Strangers see pages, nobody can log in, and nothing has to be started again once the engine is there.
pub(super) async fn h07_absent_at_the_start<E: Engine>() -> Result<String> {
    let mut engine = E::start().await?;
    engine.kill();
    let mut stage = Stage::empty(&engine, Sessions::Stored).await?;
    let stranger = Browser::new("alice");
    for node in &stage.nodes {
        ensure!(stranger.page(node, "/").await.status == 200, "a page for everybody needs no store");
        ensure!(stranger.page(node, "/auth/login").await.status == 503, "a login needs it");
        ensure!(node.relying_party().ready().await.is_err(), "and the node says so");
    }
    ensure!(stage.hear(0, &stage.logout_token("alice")).await == 400, "a logout is not confirmed");
    engine.restart().await?;
    let since = now();
    while stranger.page(&stage.nodes[0], "/auth/login").await.status == 503 {
        sleep(Duration::from_millis(20)).await;
    }
    let took = (now() - since).as_millis();
    stage.sign_in(&["alice", "bob", "carol"]).await?;
    Ok(format!("logins work {took} ms after it is there"))
}

/// Requests get 503 meanwhile, a logout gets 400 and is carried out later; nobody loses a session.
pub(super) async fn h07_killed_under_load<E: Engine>() -> Result<String> {
    let mut engine = E::start().await?;
    let stage = Stage::set(&engine).await?;
    let token = stage.logout_token("carol");
    let over = Cell::new(false);
    let fault = async {
        sleep(Duration::from_millis(200)).await;
        engine.kill();
        sleep(Duration::from_millis(1_500)).await;
        let refused = stage.hear(0, &token).await;
        over.set(true);
        refused
    };
    let (toll, refused) = tokio::join!(stage.keep_asking(&over), fault);
    let toll = toll?;
    toll.felt()?;
    ensure!(refused == 400, "a logout that could not be stored got {refused}");
    engine.restart().await?;
    let recovered = stage.recovered_but_for(&["carol"]).await?;
    repeated(&stage, &token).await?;
    let obeyed = stage.signed_out(&["carol"]).await?;
    Ok(format!(
        "{toll}; 0 sessions lost; recovered in {} ms, the logout obeyed {} ms later",
        recovered.as_millis(),
        obeyed.as_millis()
    ))
}

/// Everybody has to log in again, and can; nothing older than the new store lives.
pub(super) async fn h07_back_without_data<E: Engine>() -> Result<String> {
    let mut engine = E::start().await?;
    let mut stage = Stage::set(&engine).await?;
    let under_way = Browser::new("dave");
    let callback = under_way.start_login(&stage.nodes[0], "/auth/login").await;
    engine.lose_everything().await?;
    let lost = stage
        .until("it answers again", async || {
            Ok(!stage.everybody().await.iter().any(|found| *found != Found::SignedOut))
        })
        .await?;
    let answer = under_way.page(&stage.nodes[1], &callback).await;
    ensure!(answer.status == 303, "a login under way begins anew: {answer:?}");
    ensure!(under_way.session_cookie(&stage.nodes[1]).is_none(), "and was not let in");
    stage.people.clear();
    stage.sign_in(&["alice", "bob", "carol"]).await?;
    Ok(format!("all sessions lost, as told; seen by all nodes within {} ms", lost.as_millis()))
}

/// Requests fail within the time-out instead of hanging, and work again as soon as it goes on.
pub(super) async fn h08_paused<E: Engine>() -> Result<String> {
    let engine = E::start().await?;
    let stage = Stage::set(&engine).await?;
    let token = stage.logout_token("carol");
    let over = Cell::new(false);
    let fault = async {
        engine.pause();
        let refused = stage.hear(0, &token).await;
        sleep(Duration::from_millis(2_500)).await;
        over.set(true);
        refused
    };
    let (toll, refused) = tokio::join!(stage.keep_asking(&over), fault);
    let toll = toll?;
    toll.felt()?;
    toll.within(Duration::from_secs(5))?;
    ensure!(refused == 400, "a logout that nobody answered for got {refused}");
    engine.resume();
    let recovered = stage.recovered_but_for(&["carol"]).await?;
    repeated(&stage, &token).await?;
    stage.signed_out(&["carol"]).await?;
    Ok(format!("{toll}; 0 sessions lost; recovered in {} ms", recovered.as_millis()))
}

/// The store's clock counts, not the node's: sessions live there, and end there when another node hears of the logout.
pub(super) async fn h11_clock_off<E: Engine>() -> Result<String> {
    const TEN_MINUTES: u64 = 600;
    for ahead in [true, false] {
        let engine = E::start().await?;
        let mut stage = Stage::set(&engine).await?;
        let here = vestibule::Clock::unix_time(stage.world.clock()).as_secs();
        let there = if ahead { here + TEN_MINUTES } else { here - TEN_MINUTES };
        let url = stage.proxy.in_url(&engine.url());
        let clock = vestibule::testing::TestClock::at(there);
        stage.nodes[2] = stage.world.node_over(E::node(&url)?, &clock).await;
        ensure!(!stage.everybody().await.contains(&Found::SignedOut), "somebody lost a session");
        let status = stage.hear(0, &stage.logout_token("carol")).await;
        ensure!(status == 200, "a logout got {status}");
        stage.signed_out(&["carol"]).await?;
        let later = Browser::new("carol");
        later.log_in(&stage.nodes[0]).await;
        ensure!(visit(&later, &stage.nodes[2]).await == Found::SignedIn, "a later login lives there");
    }
    Ok("0 requests failed, 0 sessions lost, logouts obeyed in both directions".to_owned())
}

/// The provider sends a token again when it got no 200. What the node carried out on its own meanwhile is a replay.
pub(super) async fn repeated(stage: &Stage, token: &str) -> Result<()> {
    let status = stage.hear(0, token).await;
    ensure!([200, 400].contains(&status), "a repeated logout got {status}");
    Ok(())
}
