//! The refresh of an access token that is due.

use anyhow::{Result, ensure};
use tokio::task::JoinSet;

use crate::browser::Browser;
use crate::report::{Report, Stopped};
use crate::sign_on::{me, sign_in};
use crate::stage::Stage;

/// Seconds. Shorter than the margin at which an application refreshes, so due as soon as it is issued.
const DUE: u32 = 30;
const NOT_DUE: u32 = 3600;
const AT_ONCE: usize = 20;

/// A due token is refreshed, with rotation, by exactly one call; another is left alone.
pub(crate) async fn once_when_due(
    report: &mut Report,
    stage: &Stage,
    alice: &Browser,
) -> Result<(), Stopped> {
    report
        .step("an access token that is not due is left alone", async {
            me(alice, &stage.dashboard, "alice").await?;
            expect_refreshes(stage, 0).await
        })
        .await?;
    report
        .step("a due one is refreshed, and so is the next with the rotated refresh token", async {
            stage.control()?.set_access_token_lifetime(DUE).await?;
            ensure!(sign_in(alice, stage, &stage.dashboard, "alice").await?.is_empty(), "a page was shown");
            for refreshes in 1..=2 {
                me(alice, &stage.dashboard, "alice").await?;
                expect_refreshes(stage, refreshes).await?;
            }
            Ok(())
        })
        .await?;
    report
        .step(format!("{AT_ONCE} calls at once on a due token make one refresh, and none fails"), async {
            stage.control()?.set_access_token_lifetime(NOT_DUE).await?;
            let mut calls = JoinSet::new();
            for _ in 0..AT_ONCE {
                let (alice, dashboard) = (alice.clone(), stage.dashboard.clone());
                calls.spawn(async move { me(&alice, &dashboard, "alice").await });
            }
            while let Some(call) = calls.join_next().await {
                call??;
            }
            expect_refreshes(stage, 3).await
        })
        .await
}

async fn expect_refreshes(stage: &Stage, count: usize) -> Result<()> {
    let journal = stage.journal().await?;
    let refreshes = journal.refreshes(&stage.dashboard);
    ensure!(refreshes.len() == count, "{} refreshes of the dashboard, not {count}", refreshes.len());
    ensure!(refreshes.iter().all(|refresh| refresh.rotated), "a refresh token was not rotated");
    Ok(())
}
