use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use example_shared::{
    Me,
    testing::{ACCESS_TOKEN_LIFETIME, Browser},
};
use reqwest::StatusCode;
use tokio::{task::JoinSet, time::Instant};
use vestibule_dev_idp::{EventKind, Events};

use super::report::{Report, Stopped};
use crate::{app::App, stage::Stage};

pub(super) const AT_ONCE: u64 = 20;

/// From the first login to the last refused logout token.
pub(super) async fn take(report: &mut Report, stage: &Stage) -> Result<(), Stopped> {
    let alice = one_login(report, stage).await?;
    one_refresh(report, stage, &alice).await?;
    one_logout(report, stage, &alice).await?;
    only_genuine_logout_tokens(report, stage).await
}

async fn one_login(report: &mut Report, stage: &Stage) -> Result<Browser, Stopped> {
    let Stage { idp, dashboard, docs_portal, .. } = stage;
    let alice = report
        .step("before a login, both APIs answer 401", async {
            let alice = Browser::new()?;
            refused(&alice, dashboard).await?;
            refused(&alice, docs_portal).await?;
            Ok(alice)
        })
        .await?;
    report
        .step("alice opens the dashboard's account page, signs in once, and is there", async {
            let login_page = alice.open(&dashboard.at("/me")).await?;
            let page = alice.sign_in(&login_page, "alice").await?.expect(StatusCode::OK)?;
            ensure!(page.url.as_str() == dashboard.at("/me"), "she landed at {}", page.url.path());
            ensure!(page.body.contains("Alice Liddell"), "the page does not know her");
            Ok(())
        })
        .await?;
    report
        .step("she opens the docs portal's, and is there without a prompt", async {
            let before = idp.requests();
            let page = alice.open(&docs_portal.at("/me")).await?.expect(StatusCode::OK)?;
            ensure!(page.url.as_str() == docs_portal.at("/me"), "she landed at {}", page.url.path());
            ensure!((idp.requests() - before).login == 0, "a login page was shown");
            Ok(())
        })
        .await?;
    report
        .step("both APIs know her by the same `sub`, in the same session of the provider", async {
            let (here, there) = (me(&alice, dashboard).await?, me(&alice, docs_portal).await?);
            ensure!(here.name.as_deref() == Some("Alice Liddell"), "the name is {:?}", here.name);
            ensure!(here.sid.is_some(), "no `sid`");
            ensure!(here == there, "{here:?} at the dashboard, {there:?} at the docs portal");
            Ok(())
        })
        .await?;
    Ok(alice)
}

async fn one_refresh(report: &mut Report, stage: &Stage, alice: &Browser) -> Result<(), Stopped> {
    let Stage { idp, dashboard, .. } = stage;
    report
        .step("an access token that is not due is left alone", async {
            let before = idp.requests();
            me(alice, dashboard).await?;
            ensure!((idp.requests() - before).back_channel() == 0, "the provider was called");
            Ok(())
        })
        .await?;
    report
        .step("it expires; 20 calls at once make one refresh, and none fails", async {
            idp.clock().advance(ACCESS_TOKEN_LIFETIME);
            let before = idp.requests();
            let mut calls = JoinSet::new();
            for _ in 0..AT_ONCE {
                let (alice, api) = (alice.clone(), dashboard.at("/api/me"));
                calls.spawn(async move { alice.call(&api).await?.expect(StatusCode::OK) });
            }
            while let Some(call) = calls.join_next().await {
                call??;
            }
            let calls = idp.requests() - before;
            ensure!(calls.token == 1, "{} calls of the token endpoint", calls.token);
            // A node that has only heard of the session so far may have to read the provider's metadata and keys.
            let others = calls.back_channel() - calls.token - calls.discovery - calls.jwks;
            ensure!(others == 0, "{others} other calls of the provider");
            Ok(())
        })
        .await
}

async fn one_logout(report: &mut Report, stage: &Stage, alice: &Browser) -> Result<(), Stopped> {
    let Stage { idp, dashboard, docs_portal, .. } = stage;
    let mut events = idp.events();
    report
        .step("alice logs out at the docs portal, and is out there", async {
            let page = alice.open(&docs_portal.at("/me")).await?.expect(StatusCode::OK)?;
            let page = alice.submit(&page, "/auth/logout").await?.expect(StatusCode::OK)?;
            ensure!(page.url.path() == "/auth/logged-out", "she landed at {}", page.url.path());
            refused(alice, docs_portal).await
        })
        .await?;
    let heard = report
        .step("the dashboard was told, by a signed logout token", async {
            let heard = deliveries(&mut events);
            ensure!(heard.iter().any(|(client, _)| client == dashboard.client_id), "nobody told it");
            Ok(heard)
        })
        .await?;
    for (client, latency) in heard {
        report.note(format!("{client} had verified it and answered 200 after {latency:.1} ms"));
    }
    report.step("at its next request alice is out", refused(alice, dashboard)).await
}

async fn only_genuine_logout_tokens(report: &mut Report, stage: &Stage) -> Result<(), Stopped> {
    let Stage { idp, dashboard, docs_portal, .. } = stage;
    let bob = report
        .step("bob signs in at the dashboard", async {
            let bob = Browser::new()?;
            let login_page = bob.open(&dashboard.at("/me")).await?;
            bob.sign_in(&login_page, "bob").await?.expect(StatusCode::OK)?;
            me(&bob, dashboard).await?;
            Ok(bob)
        })
        .await?;
    report
        .step("a forged logout token is answered 400, and he stays", async {
            let forged = idp.logout_token(dashboard.client_id).foreign_key().sign()?;
            expect_answer(dashboard, &forged, 400, stage).await?;
            me(&bob, dashboard).await
        })
        .await?;
    report
        .step("one for the docs portal, sent to the dashboard, is answered 400, and he stays", async {
            let who = me(&bob, dashboard).await?;
            let sid = who.sid.context("no `sid`")?;
            let misdirected = idp.logout_token(docs_portal.client_id).subject(&who.sub).sid(&sid).sign()?;
            expect_answer(dashboard, &misdirected, 400, stage).await?;
            me(&bob, dashboard).await
        })
        .await?;
    let genuine = report
        .step("a genuine one is answered 200, and he is out", async {
            let genuine = idp.logout_token(dashboard.client_id).sign()?;
            expect_answer(dashboard, &genuine, 200, stage).await?;
            refused(&bob, dashboard).await?;
            Ok(genuine)
        })
        .await?;
    report
        .step("he signs in again; the same token once more is answered 400, and he stays", async {
            bob.open(&dashboard.at("/me")).await?.expect(StatusCode::OK)?;
            me(&bob, dashboard).await?;
            expect_answer(dashboard, &genuine, 400, stage).await?;
            me(&bob, dashboard).await
        })
        .await
        .map(drop)
}

/// `/api/me` of somebody who is signed in.
pub(super) async fn me(browser: &Browser, app: &App) -> Result<Me> {
    browser.call(&app.at("/api/me")).await?.expect(StatusCode::OK)?.json()
}

/// Fails unless `/api/me` takes the browser for a stranger's.
async fn refused(browser: &Browser, app: &App) -> Result<()> {
    refused_at(browser, &app.at("/api/me"), app.bound()).await
}

/// Fails unless this address takes the browser for a stranger's, at the latest when `bound` has passed.
pub(super) async fn refused_at(browser: &Browser, api: &str, bound: Duration) -> Result<()> {
    let start = Instant::now();
    loop {
        let page = browser.call(api).await?;
        if page.status == StatusCode::OK && start.elapsed() < bound {
            continue;
        }
        let problem = page.problem(StatusCode::UNAUTHORIZED)?;
        ensure!(problem["code"] == "auth.required", "refused because of {}", problem["code"]);
        return Ok(());
    }
}

/// Sends a logout token as the provider does.
pub(super) async fn expect_answer(app: &App, token: &str, status: u16, stage: &Stage) -> Result<()> {
    let deliveries = stage.idp.send_logout_token(app.client_id, token).await;
    let answer = deliveries.first().and_then(|delivery| delivery.status);
    ensure!(answer == Some(status), "{} answered {answer:?}, not {status}", app.client_id);
    Ok(())
}

/// Who took a logout token, and after how many milliseconds.
fn deliveries(events: &mut Events) -> Vec<(String, f64)> {
    let delivered = events.drain().into_iter().filter_map(|event| match event {
        EventKind::LogoutDelivered { client, status: 200, latency, .. } => {
            Some((client, latency.as_secs_f64() * 1000.0))
        }
        _ => None,
    });
    delivered.collect()
}
