//! One logout for both applications, and logout tokens that must not log anybody out.

use anyhow::{Context as _, Result, ensure};
use reqwest::StatusCode;

use super::forgery::resigned;
use super::sign_on::{answer_prompts, at_both, me, refused, sign_in};
use crate::application::Application;
use crate::browser::{Browser, Page};
use crate::provider::{Prompt, Provider};
use crate::report::{Report, Stopped};
use crate::stage::Stage;

/// Alice logs out at the docs portal and is out at both.
pub(super) async fn of_both<P: Provider>(
    report: &mut Report,
    stage: &Stage<P>,
    alice: &Browser,
) -> Result<(), Stopped> {
    report
        .step("alice logs out at the docs portal, by way of the provider, and lands there", async {
            let (page, prompts) = log_out(alice, stage, &stage.docs_portal, "alice").await?;
            let asked = if P::CONFIRMS_LOGOUT { &[Prompt::Logout][..] } else { &[] };
            ensure!(prompts == asked, "the provider showed {prompts:?}");
            ensure!(page.url.path() == "/auth/logged-out", "the logout ended at {}", page.url);
            refused(alice, &stage.docs_portal).await
        })
        .await?;
    report
        .step("both applications accepted a signed logout token; the dashboard's API answers 401", async {
            for application in [&stage.dashboard, &stage.docs_portal] {
                expect_accepted(stage, application, 1)?;
            }
            refused(alice, &stage.dashboard).await
        })
        .await?;
    report
        .step("the same logout token once more is answered 400", async {
            let spent = stage.logout_tokens(&stage.dashboard).pop().context("no logout token was sent")?;
            expect_status(&stage.dashboard, &spent.token, 400).await
        })
        .await?;
    report
        .step("alice is asked to log in again, and does", async {
            let prompts = sign_in(alice, stage, &stage.dashboard, "alice").await?;
            ensure!(prompts.first() == Some(&Prompt::Login), "the provider showed {prompts:?}");
            me(alice, stage, &stage.dashboard, "alice").await
        })
        .await
        .map(drop)
}

/// Bob is logged out by a logout token only if all of it is right.
pub(super) async fn refused_unless_genuine<P: Provider>(
    report: &mut Report,
    stage: &Stage<P>,
) -> Result<(), Stopped> {
    let dashboard = &stage.dashboard;
    let bob = report
        .step("bob logs in at both, in a browser of his own", async { at_both(stage, "bob").await })
        .await?;
    let [for_dashboard, for_docs_portal] = report
        .step(
            "he logs out at the docs portal; the logout tokens get lost, and the dashboard keeps him",
            async {
                stage.relay.lose(true);
                log_out(&bob, stage, &stage.docs_portal, "bob").await?;
                stage.relay.lose(false);
                me(&bob, stage, dashboard, "bob").await?;
                let last =
                    |application| stage.logout_tokens(application).pop().context("no logout token was sent");
                Ok([last(dashboard)?.token, last(&stage.docs_portal)?.token])
            },
        )
        .await?;
    report
        .step("a logout token signed by somebody else is answered 400, and bob stays", async {
            expect_status(dashboard, &resigned(&for_dashboard)?, 400).await?;
            me(&bob, stage, dashboard, "bob").await
        })
        .await?;
    report
        .step("one for the other application is answered 400, and bob stays", async {
            expect_status(dashboard, &for_docs_portal, 400).await?;
            me(&bob, stage, dashboard, "bob").await
        })
        .await?;
    report
        .step("the lost one, found again, is answered 200, and bob is out", async {
            expect_status(dashboard, &for_dashboard, 200).await?;
            refused(&bob, dashboard).await
        })
        .await
}

/// Presses the log-out button of `application`, and answers what the provider asks.
async fn log_out<P: Provider>(
    browser: &Browser,
    stage: &Stage<P>,
    application: &Application,
    user: &str,
) -> Result<(Page, Vec<Prompt>)> {
    let page = browser.open(application.url("/me")).await?.expect(StatusCode::OK)?;
    let next = browser.submit(&page, &page.form("/auth/logout")?).await?;
    let (landed, prompts) = answer_prompts(browser, stage, next, user).await?;
    let landed = landed.expect(StatusCode::OK)?;
    ensure!(landed.url.origin() == application.url("/").origin(), "the logout ended at {}", landed.url);
    Ok((landed, prompts))
}

/// Fails unless `application` was sent so many logout tokens, and accepted every one.
pub(super) fn expect_accepted<P: Provider>(
    stage: &Stage<P>,
    application: &Application,
    count: usize,
) -> Result<()> {
    let deliveries = stage.logout_tokens(application);
    ensure!(
        deliveries.len() == count,
        "{} logout tokens for {}, not {count}",
        deliveries.len(),
        application.name
    );
    for delivery in deliveries {
        ensure!(delivery.status == 200, "{} answered {}", application.name, delivery.status);
    }
    Ok(())
}

async fn expect_status(application: &Application, logout_token: &str, expected: u16) -> Result<()> {
    let status = application.receive(logout_token).await?;
    ensure!(status == expected, "{} answered {status}, not {expected}", application.name);
    Ok(())
}
