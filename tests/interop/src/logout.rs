//! One logout for both applications, and logout tokens that must not log anybody out.

use anyhow::{Context as _, Result, ensure};
use reqwest::StatusCode;

use crate::application::Application;
use crate::browser::Browser;
use crate::control::Key;
use crate::report::{Report, Stopped};
use crate::sign_on::{me, refused, sign_in};
use crate::stage::Stage;

/// Alice logs out at the docs portal and is out at both.
pub(crate) async fn of_both(report: &mut Report, stage: &Stage, alice: &Browser) -> Result<(), Stopped> {
    report
        .step("alice logs out at the docs portal, by way of the provider's confirmation", async {
            let page = alice.open(stage.docs_portal.url("/me")).await?.expect(StatusCode::OK)?;
            let asked = alice.submit(&page, &page.form("/auth/logout")?).await?.expect(StatusCode::OK)?;
            ensure!(asked.url.origin() == stage.issuer.origin(), "the provider was not asked: {}", asked.url);
            let confirmed = asked.form("/session/end/confirm")?.with("logout", "yes");
            let page = alice.submit(&asked, &confirmed).await?.expect(StatusCode::OK)?;
            let back = stage.docs_portal.url("/auth/logged-out");
            ensure!(page.url.origin() == back.origin(), "the logout ended at {}", page.url);
            refused(alice, &stage.docs_portal).await
        })
        .await?;
    report
        .step("both applications accepted a signed logout token; the dashboard's API answers 401", async {
            for application in [&stage.dashboard, &stage.docs_portal] {
                let journal = stage.journal().await?;
                let deliveries = journal.logout_tokens(application);
                ensure!(deliveries.len() == 1, "{} deliveries to {}", deliveries.len(), application.name);
                ensure!(
                    deliveries[0].status == 200,
                    "{} answered {}",
                    application.name,
                    deliveries[0].status
                );
            }
            refused(alice, &stage.dashboard).await
        })
        .await?;
    report
        .step("the same logout token once more is answered 400", async {
            let journal = stage.journal().await?;
            let spent = journal.logout_tokens(&stage.dashboard).pop().context("no logout token was sent")?;
            expect_status(&stage.dashboard, &spent.token, 400).await
        })
        .await?;
    report
        .step("alice is asked to log in again, and does", async {
            let prompts = sign_in(alice, stage, &stage.dashboard, "alice").await?;
            ensure!(
                prompts.first().is_some_and(|prompt| prompt == "login"),
                "the provider showed {prompts:?}"
            );
            me(alice, &stage.dashboard, "alice").await
        })
        .await
        .map(drop)
}

/// Bob is logged out by a logout token only if all of it is right.
pub(crate) async fn refused_unless_genuine(report: &mut Report, stage: &Stage) -> Result<(), Stopped> {
    let (bob, sid) = report
        .step("bob logs in at the dashboard, in a browser of his own", async {
            let bob = Browser::new()?;
            sign_in(&bob, stage, &stage.dashboard, "bob").await?;
            let me = me(&bob, &stage.dashboard, "bob").await?;
            Ok((bob, me["sid"].as_str().context("no sid")?.to_owned()))
        })
        .await?;
    let cases = [
        ("signed by somebody else", &stage.dashboard, Key::Foreign),
        ("for the other application", &stage.docs_portal, Key::Own),
    ];
    for (which, audience, key) in cases {
        report
            .step(format!("a logout token {which} is answered 400, and bob stays"), async {
                let token = stage.control()?.logout_token(audience.client_id, "bob", &sid, key).await?;
                expect_status(&stage.dashboard, &token, 400).await?;
                me(&bob, &stage.dashboard, "bob").await
            })
            .await?;
    }
    report
        .step("the same with the provider's key is answered 200, and bob is out", async {
            let token =
                stage.control()?.logout_token(stage.dashboard.client_id, "bob", &sid, Key::Own).await?;
            expect_status(&stage.dashboard, &token, 200).await?;
            refused(&bob, &stage.dashboard).await
        })
        .await
}

async fn expect_status(application: &Application, logout_token: &str, expected: u16) -> Result<()> {
    let status = application.receive(logout_token).await?;
    ensure!(status == expected, "{} answered {status}, not {expected}", application.name);
    Ok(())
}
