//! What only npm `oidc-provider` lets us ask for.

use anyhow::{Result, bail, ensure};
use vestibule_axum::vestibule::{ClientCredentials, ClientSecret, Diagnose as _, Introspection};

use super::api::issuer;
use super::common;
use super::sign_on::{me, sign_in};
use crate::browser::Browser;
use crate::clients::{API, Probe, Robot};
use crate::provider::Provider as _;
use crate::provider::oidc_provider::OidcProvider;
use crate::report::{Report, Stopped};
use crate::stage::Stage;

/// The whole run.
pub(crate) async fn run(report: &mut Report) -> Result<(), Stopped> {
    let mut stage = Stage::<OidcProvider>::set(report).await?;
    let outcome = async {
        common(report, &mut stage).await?;
        opaque_tokens(report, &stage).await?;
        secret_in_the_form(report, &mut stage).await
    };
    let outcome = outcome.await;
    if outcome.is_err() {
        stage.print_log_tails();
    }
    outcome
}

/// A token that is for no API in particular is opaque: the provider is asked about it.
async fn opaque_tokens(report: &mut Report, stage: &Stage<OidcProvider>) -> Result<(), Stopped> {
    report
        .step(
            "an opaque token is asked about at the provider: the robot's passes, a made-up one does not",
            async {
                let issuer = issuer(stage)?;
                let robot = issuer.service(Robot::CLIENT_ID, ClientSecret::new(Robot::SECRET));
                let token = robot.token_source(ClientCredentials::new()).token().await?;
                let asking = issuer.service(Probe::CLIENT_ID, stage.clients.probe.key.clone());
                let introspection = Introspection::by(&asking).audience_optional();
                let api = issuer.resource_server(API).introspection(introspection).build()?;
                let grant = api.verify(token.expose()).await?;
                ensure!(
                    grant.client_id() == Some(Robot::CLIENT_ID),
                    "it is taken for {:?}",
                    grant.client_id()
                );
                ensure!(grant.is_service(), "it is not taken for a service");
                let refused = api.verify("5HSbjwcQR3zDRvjBevax5z3XxVvi-sXjvpcQfuwWW2m").await;
                match refused {
                    Ok(_) => bail!("a made-up token was taken"),
                    Err(error) => ensure!(error.code() == "rs.inactive", "refused as {}", error.code()),
                }
                Ok(())
            },
        )
        .await
}

/// A provider that takes secrets in the form body only gets them there.
async fn secret_in_the_form(report: &mut Report, stage: &mut Stage<OidcProvider>) -> Result<(), Stopped> {
    report
        .step("the provider starts again, takes secrets in the form body only, and gets them there", async {
            stage.provider.stop().await?;
            stage.provider.start_offering(&["client_secret_post", "private_key_jwt", "none"]).await?;
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
