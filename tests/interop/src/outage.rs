//! A provider that loses its keys, and one that is not there.

use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use reqwest::StatusCode;
use tokio::time::sleep;

use crate::application::Application;
use crate::browser::Browser;
use crate::report::{Report, Stopped};
use crate::sign_on::{me, sign_in};
use crate::stage::Stage;

/// Seconds. More than this, and nobody would wait.
const LONGEST_RETRY: u64 = 30;

/// The provider comes back with new keys; those who log in afterwards are verified by them.
pub(crate) async fn new_keys(report: &mut Report, stage: &mut Stage) -> Result<(), Stopped> {
    let carol = report
        .step("carol logs in at both", async {
            let carol = Browser::new()?;
            sign_in(&carol, stage, &stage.dashboard, "carol").await?;
            sign_in(&carol, stage, &stage.docs_portal, "carol").await?;
            Ok(carol)
        })
        .await?;
    report
        .step("the provider is started again with new keys", async {
            stage.stop_provider().await?;
            stage.start_provider(&["client_secret_basic", "client_secret_post"]).await
        })
        .await?;
    report
        .step("carol is still logged in at both; dave logs in at both under the new keys", async {
            me(&carol, &stage.dashboard, "carol").await?;
            me(&carol, &stage.docs_portal, "carol").await?;
            let dave = Browser::new()?;
            for application in [&stage.dashboard, &stage.docs_portal] {
                sign_in(&dave, stage, application, "dave").await?;
                me(&dave, application, "dave").await?;
            }
            Ok(())
        })
        .await
}

/// Without the provider the applications start and serve; with it back, logins work again.
pub(crate) async fn provider_down(report: &mut Report, stage: &mut Stage) -> Result<(), Stopped> {
    report
        .step("with the provider down, who is logged in stays so", async {
            let erin = Browser::new()?;
            sign_in(&erin, stage, &stage.dashboard, "erin").await?;
            stage.stop_provider().await?;
            me(&erin, &stage.dashboard, "erin").await
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
        .step("the provider is back, and takes secrets in the form body only", async {
            stage.start_provider(&["client_secret_post"]).await?;
            sleep(wait).await;
            Ok(())
        })
        .await?;
    report
        .step("logins work at both, without a restart, with the secret in the form body", async {
            let frank = Browser::new()?;
            for application in [&stage.dashboard, &stage.docs_portal] {
                sign_in(&frank, stage, application, "frank").await?;
                me(&frank, application, "frank").await?;
                let journal = stage.journal().await?;
                let redeemed = journal.codes_redeemed(application).pop().context("no code was redeemed")?;
                ensure!(
                    redeemed.authentication == "client_secret_post",
                    "{} was used",
                    redeemed.authentication
                );
            }
            Ok(())
        })
        .await
}

/// The `Retry-After` of a login that cannot begin.
async fn unavailable(application: &Application) -> Result<u64> {
    let login = Browser::new()?.open(application.url("/auth/login?return_to=/me")).await?;
    let seconds = login.expect(StatusCode::SERVICE_UNAVAILABLE)?.retry_after()?;
    ensure!((1..=LONGEST_RETRY).contains(&seconds), "Retry-After is {seconds} s");
    Ok(seconds)
}
