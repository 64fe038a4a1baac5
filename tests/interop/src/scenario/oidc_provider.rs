//! What only npm `oidc-provider` lets us ask for.

use anyhow::{Result, ensure};

use super::common;
use super::sign_on::{me, sign_in};
use crate::browser::Browser;
use crate::provider::Provider as _;
use crate::provider::oidc_provider::OidcProvider;
use crate::report::{Report, Stopped};
use crate::stage::Stage;

/// The whole run.
pub(crate) async fn run(report: &mut Report) -> Result<(), Stopped> {
    let mut stage = Stage::<OidcProvider>::set(report).await?;
    let outcome = async {
        common(report, &mut stage).await?;
        secret_in_the_form(report, &mut stage).await
    };
    let outcome = outcome.await;
    if outcome.is_err() {
        stage.print_log_tails();
    }
    outcome
}

/// A provider that takes secrets in the form body only gets them there.
async fn secret_in_the_form(report: &mut Report, stage: &mut Stage<OidcProvider>) -> Result<(), Stopped> {
    report
        .step("the provider starts again, takes secrets in the form body only, and gets them there", async {
            stage.provider.stop().await?;
            stage.provider.start_offering(&["client_secret_post", "private_key_jwt"]).await?;
            stage.start_applications().await?;
            let grace = Browser::new()?;
            for application in [&stage.dashboard, &stage.docs_portal] {
                sign_in(&grace, stage, application, "grace").await?;
                me(&grace, stage, application, "grace").await?;
                let used = stage.provider.authentication_of(application).await?;
                ensure!(used == "client_secret_post", "{used} was used");
            }
            Ok(())
        })
        .await
}
