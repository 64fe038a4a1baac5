//! Logouts that an administrator orders.

use std::time::Duration;

use anyhow::{Context as _, Result, bail, ensure};
use reqwest::StatusCode;
use vestibule_axum::vestibule::{Diagnose as _, Introspection};

use crate::browser::Browser;
use crate::clients::{API, Probe};
use crate::provider::Provider as _;
use crate::provider::keycloak::Keycloak;
use crate::report::{Report, Stopped};
use crate::scenario::api::{at_probe, call_api, issuer, token_of};
use crate::scenario::refresh::{LONG, SHORT, short_tokens_end};
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
                stage.provider.set_access_token_lifetime(SHORT).await?;
                let grace = at_both(stage, "grace").await?;
                let before = heard(stage);
                stage.provider.admin.log_out_all().await?;
                short_tokens_end().await;
                refused(&grace, &stage.dashboard).await?;
                refused(&grace, &stage.docs_portal).await?;
                expect_heard(stage, before)?;
                stage.provider.set_access_token_lifetime(LONG).await
            },
        )
        .await
}

/// A user's access token dies with the session, at an API that hears of logouts.
pub(super) async fn of_an_api(report: &mut Report, stage: &Stage<Keycloak>) -> Result<(), Stopped> {
    report
        .step(
            "an administrator logs grace out: her access token is refused by the API, as rs.revoked",
            async {
                let grace = Browser::new()?;
                at_probe(&grace, stage, "grace").await?;
                let token = token_of(&grace, stage).await?;
                call_api(stage, Some(&token)).await?.expect(StatusCode::OK)?;
                stage.provider.admin.log_out(stage.provider.subject_of("grace")?).await?;
                let refused =
                    call_api(stage, Some(&token)).await?.expect_problem(StatusCode::UNAUTHORIZED)?.json()?;
                ensure!(refused["code"] == "rs.revoked", "refused as {}", refused["code"]);
                Ok(())
            },
        )
        .await
}

/// An API that asks Keycloak about each token refuses one whose session has ended.
pub(super) async fn of_an_asking_api(report: &mut Report, stage: &Stage<Keycloak>) -> Result<(), Stopped> {
    report
        .step(
            "an API that asks about each access token takes grace's, and no longer once she is logged out",
            async {
                let grace = Browser::new()?;
                at_probe(&grace, stage, "grace").await?;
                let token = token_of(&grace, stage).await?;
                let issuer = issuer(stage)?;
                let asking = issuer.service(Probe::CLIENT_ID, stage.clients.probe.key.clone());
                let introspection = Introspection::by(&asking).also_jwts().remembered_for(Duration::ZERO);
                let policy = stage.provider.access_tokens();
                let api = issuer.resource_server(API).policy(policy).introspection(introspection).build()?;
                let grant = api.verify(&token).await?;
                ensure!(
                    grant.subject() == stage.provider.subject_of("grace")?,
                    "it is {}'s",
                    grant.subject()
                );
                stage.provider.admin.log_out(stage.provider.subject_of("grace")?).await?;
                match api.verify(&token).await {
                    Ok(_) => bail!("the token still passes"),
                    Err(error) => ensure!(error.code() == "rs.inactive", "refused as {}", error.code()),
                }
                Ok(())
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
