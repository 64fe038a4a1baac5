//! The refresh of an access token that is due.

use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use reqwest::StatusCode;
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};

use super::sign_on::{me, sign_in};
use crate::browser::Browser;
use crate::provider::Provider;
use crate::report::{Report, Stopped};
use crate::stage::Stage;

/// Lifetimes of access tokens, in seconds.
pub(super) const SHORT: u32 = 2;
pub(super) const LONG: u32 = 3600;

const AT_ONCE: usize = 20;
const REFRESHED_WITHIN: Duration = Duration::from_secs(15);
const BETWEEN_TRIES: Duration = Duration::from_millis(100);

/// A due token is refreshed, with rotation, by exactly one call; another is left alone.
pub(super) async fn once_when_due<P: Provider>(
    report: &mut Report,
    stage: &Stage<P>,
    alice: &Browser,
) -> Result<(), Stopped> {
    let dashboard = &stage.dashboard;
    report
        .step("an access token that is not due is left alone", async {
            me(alice, stage, dashboard, "alice").await?;
            expect_refreshes(stage, 0).await
        })
        .await?;
    report
        .step("a due one is refreshed, and so is the next with the rotated refresh token", async {
            stage.provider.set_access_token_lifetime(SHORT).await?;
            let prompts = sign_in(alice, stage, dashboard, "alice").await?;
            ensure!(prompts.is_empty(), "the provider showed {prompts:?}");
            for refreshes in 1..=2 {
                short_tokens_end().await;
                me(alice, stage, dashboard, "alice").await?;
                expect_refreshes(stage, refreshes).await?;
            }
            Ok(())
        })
        .await?;
    report
        .step(format!("{AT_ONCE} calls at once on a due token make one refresh, and none fails"), async {
            stage.provider.set_access_token_lifetime(LONG).await?;
            short_tokens_end().await;
            let mut calls = JoinSet::new();
            for _ in 0..AT_ONCE {
                let (alice, url) = (alice.clone(), dashboard.url("/api/me"));
                calls.spawn(async move { alice.call(url).await?.expect(StatusCode::OK) });
            }
            while let Some(call) = calls.join_next().await {
                call??;
            }
            expect_refreshes(stage, 3).await
        })
        .await
}

/// Waits until the short-lived tokens of before have ended.
pub(super) async fn short_tokens_end() {
    sleep(Duration::from_secs(SHORT.into())).await;
}

/// Calls the dashboard's API until that has refreshed the token: after a refresh that failed, it waits a moment.
pub(super) async fn succeeds<P: Provider>(stage: &Stage<P>, browser: &Browser) -> Result<()> {
    let before = stage.provider.refreshes(&stage.dashboard).await?.len();
    let answered = async {
        while browser.call(stage.dashboard.url("/api/me")).await?.status != StatusCode::OK {
            sleep(BETWEEN_TRIES).await;
        }
        anyhow::Ok(())
    };
    timeout(REFRESHED_WITHIN, answered).await.context("no token was renewed")??;
    expect_refreshes(stage, before + 1).await
}

async fn expect_refreshes<P: Provider>(stage: &Stage<P>, count: usize) -> Result<()> {
    let refreshes = stage.provider.refreshes(&stage.dashboard).await?;
    ensure!(refreshes.len() == count, "{} refreshes of the dashboard, not {count}", refreshes.len());
    ensure!(refreshes.iter().all(|refresh| refresh.rotated), "a refresh token was not rotated");
    Ok(())
}
