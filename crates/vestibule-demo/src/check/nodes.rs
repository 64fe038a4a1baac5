use std::{collections::BTreeSet, time::Duration};

use anyhow::{Context as _, Result, ensure};
use example_shared::testing::{ACCESS_TOKEN_LIFETIME, Browser};
use reqwest::StatusCode;
use tokio::{task::JoinSet, time::Instant};

use super::{
    report::{Report, Stopped},
    tour::{expect_answer, me, refused_at},
};
use crate::{app::App, balancer::ANSWERED_BY, stage::Stage};

const AT_ONCE: usize = 30;

/// From requests that are spread over all nodes to a node that is gone.
pub(super) async fn take(report: &mut Report, stage: &Stage) -> Result<(), Stopped> {
    let Stage { idp, dashboard, .. } = stage;
    let count = dashboard.nodes.len();
    let bob = report
        .step("bob signs in at the dashboard, and each of its nodes knows him", async {
            let bob = Browser::new()?;
            let page = bob.open(&dashboard.at("/me")).await?;
            // He was bob before, and has been logged out at the dashboard alone.
            if page.url.path() == "/authorize" {
                bob.sign_in(&page, "bob").await?.expect(StatusCode::OK)?;
            }
            for node in &dashboard.nodes {
                bob.call(&node.at("/api/me")).await?.expect(StatusCode::OK)?;
            }
            Ok(bob)
        })
        .await?;
    report
        .step(&format!("his next {count} requests are answered by {count} nodes"), async {
            let mut nodes = BTreeSet::new();
            for _ in 0..count {
                let page = bob.call(&dashboard.at("/api/me")).await?.expect(StatusCode::OK)?;
                let node = page.headers.get(ANSWERED_BY).context("nobody says which node answered")?;
                nodes.insert(node.to_str()?.to_owned());
            }
            ensure!(nodes.len() == count, "they were {nodes:?}");
            Ok(())
        })
        .await?;
    report
        .step(&format!("his token expires; {AT_ONCE} calls at once make one refresh over all nodes"), async {
            idp.clock().advance(ACCESS_TOKEN_LIFETIME);
            let before = idp.requests();
            let mut calls = JoinSet::new();
            for _ in 0..AT_ONCE {
                let (bob, api) = (bob.clone(), dashboard.at("/api/me"));
                calls.spawn(async move { bob.call(&api).await?.expect(StatusCode::OK) });
            }
            while let Some(call) = calls.join_next().await {
                call??;
            }
            let calls = (idp.requests() - before).token;
            ensure!(calls == 1, "{calls} calls of the token endpoint");
            Ok(())
        })
        .await?;
    let heard = report
        .step("one node hears that he was logged out, and every node refuses him", async {
            let who = me(&bob, dashboard).await?;
            let sid = who.sid.context("no `sid`")?;
            let token = idp.logout_token(dashboard.client_id).subject(&who.sub).sid(&sid).sign()?;
            expect_answer(dashboard, &token, 200, stage).await?;
            refused_everywhere(&bob, dashboard).await
        })
        .await?;
    for (node, latency) in (1..).zip(heard) {
        report
            .note(format!("node {node} refused him {:.1} ms after the 200", latency.as_secs_f64() * 1000.0));
    }
    let carol = report
        .step("carol signs in at the dashboard", async {
            let carol = Browser::new()?;
            let login_page = carol.open(&dashboard.at("/me")).await?;
            carol.sign_in(&login_page, "carol").await?.expect(StatusCode::OK)?;
            Ok(carol)
        })
        .await?;
    report
        .step("node after node is taken away until one is left; she stays, and no request fails", async {
            for removed in 0..count - 1 {
                dashboard.remove(removed).await?;
                for _ in 0..count {
                    me(&carol, dashboard).await?;
                }
            }
            Ok(())
        })
        .await
}

/// How long each node took to refuse the browser.
async fn refused_everywhere(browser: &Browser, app: &App) -> Result<Vec<Duration>> {
    let heard = Instant::now();
    let mut waiting = JoinSet::new();
    for (index, node) in app.nodes.iter().enumerate() {
        let (browser, api, bound) = (browser.clone(), node.at("/api/me"), app.bound());
        waiting.spawn(async move {
            refused_at(&browser, &api, bound).await?;
            anyhow::Ok((index, heard.elapsed()))
        });
    }
    let mut latencies = waiting.join_all().await.into_iter().collect::<Result<Vec<_>>>()?;
    latencies.sort_unstable();
    Ok(latencies.into_iter().map(|(_, latency)| latency).collect())
}
