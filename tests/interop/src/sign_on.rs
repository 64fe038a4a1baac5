//! One login for both applications.

use anyhow::{Result, ensure};
use reqwest::StatusCode;
use serde_json::Value;

use crate::application::Application;
use crate::browser::{Browser, Page};
use crate::report::{Report, Stopped};
use crate::stage::Stage;

/// Alice logs in at the dashboard; the docs portal knows her.
pub(crate) async fn one_login_for_both(report: &mut Report, stage: &Stage) -> Result<Browser, Stopped> {
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
            ensure!(prompts == ["login", "consent"], "the provider showed {prompts:?}");
            ensure!(landed.url == stage.dashboard.url("/me"), "she landed at {}", landed.url);
            me(&alice, &stage.dashboard, "alice").await
        })
        .await?;
    report
        .step("she logs in at the docs portal without any page; both know the same `sub`", async {
            ensure!(
                sign_in(&alice, stage, &stage.docs_portal, "alice").await?.is_empty(),
                "a page was shown"
            );
            ensure!(
                stage.journal().await?.pages_shown(&stage.docs_portal) == 0,
                "an interaction was started"
            );
            me(&alice, &stage.dashboard, "alice").await?;
            me(&alice, &stage.docs_portal, "alice").await
        })
        .await?;
    Ok(alice)
}

/// Logs in at `application` by its login link; returns the prompts that the provider showed.
pub(crate) async fn sign_in(
    browser: &Browser,
    stage: &Stage,
    application: &Application,
    user: &str,
) -> Result<Vec<String>> {
    let first = browser.open(application.url("/auth/login?return_to=/me")).await?;
    let (landed, prompts) = answer_prompts(browser, stage, first, user).await?;
    ensure!(
        landed.url == application.url("/me"),
        "the login at {} ended at {}",
        application.name,
        landed.url
    );
    Ok(prompts)
}

/// `/api/me`, which must speak of `user`.
pub(crate) async fn me(browser: &Browser, application: &Application, user: &str) -> Result<Value> {
    let answer = browser.call(application.url("/api/me")).await?.expect(StatusCode::OK)?.json()?;
    ensure!(answer["sub"] == user, "{} takes {user} for {}", application.name, answer["sub"]);
    ensure!(answer["name"].as_str().is_some_and(|name| name.eq_ignore_ascii_case(user)), "no name of {user}");
    ensure!(answer["sid"].as_str().is_some_and(|sid| !sid.is_empty()), "no sid at {}", application.name);
    Ok(answer)
}

/// Fails unless `/api/me` treats the browser as anonymous.
pub(crate) async fn refused(browser: &Browser, application: &Application) -> Result<()> {
    let answer = browser.call(application.url("/api/me")).await?;
    answer.expect_problem(StatusCode::UNAUTHORIZED).map(drop)
}

/// Fills in the provider's pages until the browser is elsewhere.
async fn answer_prompts(
    browser: &Browser,
    stage: &Stage,
    mut page: Page,
    user: &str,
) -> Result<(Page, Vec<String>)> {
    let mut prompts = Vec::new();
    while page.url.origin() == stage.issuer.origin() {
        page = page.expect(StatusCode::OK)?;
        let form = page.form("")?;
        let prompt = form.value_of("prompt").unwrap_or_default().to_owned();
        let form = match prompt.as_str() {
            "login" => form.with("login", user).with("password", "any"),
            _ => form,
        };
        page = browser.submit(&page, &form).await?;
        prompts.push(prompt);
    }
    Ok((page.expect(StatusCode::OK)?, prompts))
}
