//! A provider that changes its keys, and one that is not there.

use std::time::Duration;

use anyhow::{Result, ensure};
use reqwest::StatusCode;
use tokio::time::sleep;

use super::sign_on::{at_both, me, sign_in};
use crate::application::Application;
use crate::browser::Browser;
use crate::provider::Provider;
use crate::report::{Report, Stopped};
use crate::stage::Stage;

/// Seconds. More than this, and nobody would wait.
const LONGEST_RETRY: u64 = 30;

/// The provider gets new keys; those who log in afterwards are verified by them.
pub(super) async fn new_keys<P: Provider>(report: &mut Report, stage: &mut Stage<P>) -> Result<(), Stopped> {
    let carol = report.step("carol logs in at both", async { at_both(stage, "carol").await }).await?;
    report.step("the provider signs with new keys", stage.provider.roll_keys()).await?;
    report
        .step("carol is still logged in at both; dave logs in at both under the new keys", async {
            me(&carol, stage, &stage.dashboard, "carol").await?;
            me(&carol, stage, &stage.docs_portal, "carol").await?;
            at_both(stage, "dave").await.map(drop)
        })
        .await
}

/// Without the provider the applications start and serve; with it back, logins work again.
pub(super) async fn provider_down<P: Provider>(
    report: &mut Report,
    stage: &mut Stage<P>,
) -> Result<(), Stopped> {
    report
        .step("with the provider down, who is logged in stays so", async {
            let erin = Browser::new()?;
            sign_in(&erin, stage, &stage.dashboard, "erin").await?;
            stage.provider.stop().await?;
            me(&erin, stage, &stage.dashboard, "erin").await
        })
        .await?;
    report
        .step("both applications start without the provider, and serve /", stage.start_applications())
        .await?;
    let wait = report
        .step("a login is answered 503 with Retry-After", async {
            let waits = [unavailable(&stage.dashboard).await?, unavailable(&stage.docs_portal).await?];
            Ok(Duration::from_secs(waits.into_iter().max().unwrap_or_default()))
        })
        .await?;
    report
        .step("the provider is back", async {
            stage.provider.start_again().await?;
            sleep(wait).await;
            Ok(())
        })
        .await?;
    report
        .step("logins work at both, without a restart", async { at_both(stage, "frank").await.map(drop) })
        .await
}

/// The `Retry-After` of a login that cannot begin.
async fn unavailable(application: &Application) -> Result<u64> {
    let login = Browser::new()?.open(application.url("/auth/login?return_to=/me")).await?;
    let seconds = login.expect(StatusCode::SERVICE_UNAVAILABLE)?.retry_after()?;
    ensure!((1..=LONGEST_RETRY).contains(&seconds), "Retry-After is {seconds} s");
    Ok(seconds)
}
