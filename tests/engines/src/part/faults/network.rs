//! The engine is well, and the way to it is not.

use std::cell::Cell;
use std::time::Duration;

use anyhow::{Result, ensure};
use tokio::time::sleep;

use super::engine::Engine;
use super::outage::repeated;
use super::stage::Stage;

/// Everything takes longer, and nothing fails.
pub(super) async fn h08_slow<E: Engine>() -> Result<String> {
    let engine = E::start().await?;
    let stage = Stage::set(&engine).await?;
    stage.proxy.delay(Duration::from_millis(100));
    let over = Cell::new(false);
    let fault = async {
        sleep(Duration::from_millis(1_500)).await;
        over.set(true);
    };
    let (toll, ()) = tokio::join!(stage.keep_asking(&over), fault);
    let toll = toll?;
    toll.not_felt()?;
    let status = stage.hear(0, &stage.logout_token("carol")).await;
    ensure!(status == 200, "a logout got {status}");
    let obeyed = stage.signed_out(&["carol"]).await?;
    Ok(format!("{toll}; a logout obeyed within {} ms", obeyed.as_millis()))
}

/// Connections are made again; nobody notices, or only those whose request was on its way.
pub(super) async fn h08_cut<E: Engine>() -> Result<String> {
    let engine = E::start().await?;
    let stage = Stage::set(&engine).await?;
    let over = Cell::new(false);
    let fault = async {
        for _ in 0..10 {
            sleep(Duration::from_millis(100)).await;
            stage.proxy.cut();
        }
        over.set(true);
    };
    let (toll, ()) = tokio::join!(stage.keep_asking(&over), fault);
    let toll = toll?;
    let recovered = stage.recovered_but_for(&[]).await?;
    Ok(format!("{toll}, over ten cuts; 0 sessions lost; recovered in {} ms", recovered.as_millis()))
}

/// Nobody knows whether the logout was carried out: so it is not confirmed, and repeating it is right.
pub(super) async fn h08_answers_lost<E: Engine>() -> Result<String> {
    let engine = E::start().await?;
    let stage = Stage::set(&engine).await?;
    let token = stage.logout_token("carol");
    stage.proxy.lose_answers();
    let status = stage.hear(0, &token).await;
    ensure!(status == 400, "a logout whose outcome nobody knows got {status}");
    stage.proxy.heal();
    stage.recovered_but_for(&["carol"]).await?;
    repeated(&stage, &token).await?;
    let obeyed = stage.signed_out(&["carol"]).await?;
    Ok(format!("the logout 400, repeated, and obeyed within {} ms; 0 sessions lost", obeyed.as_millis()))
}

/// The worst kind: no error, no answer.
pub(super) async fn h08_swallowed<E: Engine>() -> Result<String> {
    let engine = E::start().await?;
    let stage = Stage::set(&engine).await?;
    let token = stage.logout_token("carol");
    stage.proxy.swallow();
    let over = Cell::new(false);
    let fault = async {
        let refused = stage.hear(0, &token).await;
        sleep(Duration::from_millis(1_500)).await;
        over.set(true);
        refused
    };
    let (toll, refused) = tokio::join!(stage.keep_asking(&over), fault);
    let toll = toll?;
    toll.felt()?;
    toll.within(Duration::from_secs(5))?;
    ensure!(refused == 400, "a logout that nobody answered for got {refused}");
    stage.proxy.heal();
    let recovered = stage.recovered_but_for(&["carol"]).await?;
    repeated(&stage, &token).await?;
    stage.signed_out(&["carol"]).await?;
    Ok(format!("{toll}; 0 sessions lost; recovered in {} ms", recovered.as_millis()))
}
