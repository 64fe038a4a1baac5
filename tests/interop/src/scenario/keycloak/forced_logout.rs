//! Logouts that an administrator orders.

use anyhow::{Context as _, Result, ensure};

use crate::provider::Provider as _;
use crate::provider::keycloak::Keycloak;
use crate::report::{Report, Stopped};
use crate::scenario::refresh::{DUE, NOT_DUE, until_due};
use crate::scenario::sign_on::{at_both, me, refused};
use crate::stage::Stage;

/// Every session of a user: both applications hear of it.
pub(super) async fn of_a_user(report: &mut Report, stage: &Stage<Keycloak>) -> Result<(), Stopped> {
    report
        .step("an administrator logs grace out: both applications are told, and she is out at both", async {
            let grace = at_both(stage, "grace").await?;
            let before = heard(stage);
            stage.provider.admin.log_out(stage.provider.subject_of("grace")?).await?;
            expect_heard(stage, before.map(|count| count + 1))?;
            refused(&grace, &stage.dashboard).await?;
            refused(&grace, &stage.docs_portal).await
        })
        .await
}

/// One session of a user: the others stay.
pub(super) async fn of_one_session(report: &mut Report, stage: &Stage<Keycloak>) -> Result<(), Stopped> {
    report
        .step(
            "an administrator ends one of heidi's two sessions: that browser is out, the other is not",
            async {
                let (here, there) = (at_both(stage, "heidi").await?, at_both(stage, "heidi").await?);
                let answer = me(&here, stage, &stage.dashboard, "heidi").await?;
                let before = heard(stage);
                stage.provider.admin.end_session(answer["sid"].as_str().context("no sid")?).await?;
                expect_heard(stage, before.map(|count| count + 1))?;
                for application in [&stage.dashboard, &stage.docs_portal] {
                    refused(&here, application).await?;
                    me(&there, stage, application, "heidi").await?;
                }
                Ok(())
            },
        )
        .await
}

/// Every session of the realm: Keycloak sends no logout token then, and the next refresh tells.
pub(super) async fn of_the_realm(report: &mut Report, stage: &Stage<Keycloak>) -> Result<(), Stopped> {
    report
        .step(
            "an administrator ends all sessions of the realm: nobody is told, the next refresh tells",
            async {
                stage.provider.set_access_token_lifetime(DUE).await?;
                let grace = at_both(stage, "grace").await?;
                let before = heard(stage);
                stage.provider.admin.log_out_all().await?;
                until_due().await;
                refused(&grace, &stage.dashboard).await?;
                refused(&grace, &stage.docs_portal).await?;
                expect_heard(stage, before)?;
                stage.provider.set_access_token_lifetime(NOT_DUE).await
            },
        )
        .await
}

/// How many logout tokens each application was sent.
fn heard(stage: &Stage<Keycloak>) -> [usize; 2] {
    [&stage.dashboard, &stage.docs_portal].map(|application| stage.logout_tokens(application).len())
}

fn expect_heard(stage: &Stage<Keycloak>, expected: [usize; 2]) -> Result<()> {
    ensure!(heard(stage) == expected, "{:?} logout tokens, not {expected:?}", heard(stage));
    for application in [&stage.dashboard, &stage.docs_portal] {
        let refused = stage.logout_tokens(application).into_iter().find(|delivery| delivery.status != 200);
        ensure!(refused.is_none(), "{} refused a logout token", application.name);
    }
    Ok(())
}
