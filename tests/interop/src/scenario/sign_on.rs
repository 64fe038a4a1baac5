//! One login for both applications.

use anyhow::{Result, bail, ensure};
use reqwest::StatusCode;
use serde_json::Value;

use crate::application::Application;
use crate::browser::{Browser, Page};
use crate::provider::{Prompt, Provider};
use crate::report::{Report, Stopped};
use crate::stage::Stage;

/// No user is asked more often in a row.
const MOST_PROMPTS: usize = 3;

/// Alice logs in at the dashboard; the docs portal knows her.
pub(super) async fn one_login_for_both<P: Provider>(
    report: &mut Report,
    stage: &Stage<P>,
) -> Result<Browser, Stopped> {
    let alice = report
        .step("before a login, /api/me of both answers 401 as application/problem+json", async {
            let alice = Browser::new()?;
            refused(&alice, &stage.dashboard).await?;
            refused(&alice, &stage.docs_portal).await?;
            Ok(alice)
        })
        .await?;
    report
        .step("alice opens the dashboard's /me: a login page, a consent page, and she is there", async {
            let first = alice.open(stage.dashboard.url("/me")).await?;
            let (landed, prompts) = answer_prompts(&alice, stage, first, "alice").await?;
            ensure!(prompts == [Prompt::Login, Prompt::Consent], "the provider showed {prompts:?}");
            ensure!(landed.url == stage.dashboard.url("/me"), "she landed at {}", landed.url);
            me(&alice, stage, &stage.dashboard, "alice").await
        })
        .await?;
    report
        .step("she logs in at the docs portal without any page; both know the same `sub`", async {
            let prompts = sign_in(&alice, stage, &stage.docs_portal, "alice").await?;
            ensure!(prompts.is_empty(), "the provider showed {prompts:?}");
            me(&alice, stage, &stage.dashboard, "alice").await?;
            me(&alice, stage, &stage.docs_portal, "alice").await
        })
        .await?;
    Ok(alice)
}

/// Logs in at `application` by its login link; returns the prompts that the provider showed.
pub(super) async fn sign_in<P: Provider>(
    browser: &Browser,
    stage: &Stage<P>,
    application: &Application,
    user: &str,
) -> Result<Vec<Prompt>> {
    let first = browser.open(application.url("/auth/login?return_to=/me")).await?;
    let (landed, prompts) = answer_prompts(browser, stage, first, user).await?;
    let landed = landed.expect(StatusCode::OK)?;
    ensure!(
        landed.url == application.url("/me"),
        "the login at {} ended at {}",
        application.name,
        landed.url
    );
    Ok(prompts)
}

/// Logs in at both applications in a browser of `user`'s own.
pub(super) async fn at_both<P: Provider>(stage: &Stage<P>, user: &str) -> Result<Browser> {
    let browser = Browser::new()?;
    for application in [&stage.dashboard, &stage.docs_portal] {
        sign_in(&browser, stage, application, user).await?;
        me(&browser, stage, application, user).await?;
    }
    Ok(browser)
}

/// `/api/me`, which must speak of `user`.
pub(super) async fn me<P: Provider>(
    browser: &Browser,
    stage: &Stage<P>,
    application: &Application,
    user: &str,
) -> Result<Value> {
    let answer = browser.call(application.url("/api/me")).await?.expect(StatusCode::OK)?.json()?;
    let subject = stage.provider.subject_of(user)?;
    ensure!(answer["sub"] == subject, "{} takes {user} for {}", application.name, answer["sub"]);
    let first_name = answer["name"].as_str().and_then(|name| name.split(' ').next());
    ensure!(first_name.is_some_and(|name| name.eq_ignore_ascii_case(user)), "no name of {user}");
    ensure!(answer["sid"].as_str().is_some_and(|sid| !sid.is_empty()), "no sid at {}", application.name);
    Ok(answer)
}

/// Fails unless the user's own page is served: a token that cannot be renewed for now ends no session.
pub(super) async fn stays_logged_in(browser: &Browser, application: &Application) -> Result<()> {
    let api = browser.call(application.url("/api/me")).await?;
    ensure!(
        api.status.is_server_error(),
        "{}'s API answers {} without a token",
        application.name,
        api.status
    );
    let page = browser.open(application.url("/me")).await?.expect(StatusCode::OK)?;
    ensure!(page.redirects == 0, "{} sent the user to {}", application.name, page.url);
    Ok(())
}

/// Fails unless `/api/me` treats the browser as anonymous.
pub(super) async fn refused(browser: &Browser, application: &Application) -> Result<()> {
    let answer = browser.call(application.url("/api/me")).await?;
    answer.expect_problem(StatusCode::UNAUTHORIZED).map(drop)
}

/// Fills in the provider's pages until the browser is elsewhere.
pub(super) async fn answer_prompts<P: Provider>(
    browser: &Browser,
    stage: &Stage<P>,
    mut page: Page,
    user: &str,
) -> Result<(Page, Vec<Prompt>)> {
    let mut prompts = Vec::new();
    while page.url.origin() == stage.provider.issuer().origin() {
        page = page.expect(StatusCode::OK)?;
        let (prompt, form) = stage.provider.answer(&page, user)?;
        prompts.push(prompt);
        if prompts.len() > MOST_PROMPTS {
            bail!("the provider goes on asking: {prompts:?}");
        }
        page = browser.submit(&page, &form).await?;
    }
    Ok((page, prompts))
}
