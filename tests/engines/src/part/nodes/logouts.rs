//! A logout that one node heard, and how long the others take.

use std::time::{Duration, Instant};

use anyhow::{Result, ensure};
use reqwest::StatusCode;
use steps::report::{Report, Stopped};
use tokio::task::JoinSet;
use vestibule_web::near_cache::BOUND;

use super::{Company, Ground, asked_for};

const NODES: usize = 3;

pub(super) async fn run(report: &mut Report, ground: &Ground) -> Result<(), Stopped> {
    let title = format!("{NODES} nodes without a cache: after the 200, not one stale answer");
    let stale = report.step(title, latencies(ground, false, asked_for("LOGOUTS", 200))).await?;
    println!("      {} logouts, 0 stale answers", stale.len() / NODES);
    let title = format!("{NODES} nodes with a near cache: all refuse within {BOUND:?}");
    let mut taken = report.step(title, latencies(ground, true, asked_for("LOGOUTS", 200))).await?;
    taken.sort_unstable();
    let at = |percent: usize| taken[(taken.len() - 1) * percent / 100];
    println!(
        "      {} logouts, from the 200 to the last stale answer of a node: p50 {:?}, p99 {:?}, most {:?}",
        taken.len() / NODES,
        at(50),
        at(99),
        at(100)
    );
    Ok(())
}

/// For each logout and node, when it gave its last stale answer, counted from the 200. Zero: it gave none.
async fn latencies(ground: &Ground, near_cache: bool, logouts: usize) -> Result<Vec<Duration>> {
    let company = Company::start(ground, NODES, near_cache, false).await?;
    let mut taken = Vec::new();
    for logout in 0..logouts {
        let alice = company.signed_in(&format!("leaver-{near_cache}-{logout}")).await?;
        for node in 0..NODES {
            ensure!(company.is_in(&alice, node).await?, "node {node} does not know her");
        }
        let token = company.logout_token()?;
        let answer = company.nodes[logout % NODES].hear(&token).await;
        ensure!(answer == Some(StatusCode::OK), "the logout was answered {answer:?}");
        let heard = now();
        let mut asking = JoinSet::new();
        for node in &company.nodes {
            let (alice, url) = (alice.clone(), node.at("/api/me"));
            asking.spawn(async move {
                let mut last_stale = Duration::ZERO;
                loop {
                    let page = alice.call(&url).await?;
                    if page.status == StatusCode::UNAUTHORIZED {
                        return anyhow::Ok(last_stale);
                    }
                    page.expect(StatusCode::OK)?;
                    last_stale = now().duration_since(heard);
                    ensure!(near_cache, "a stale answer after {last_stale:?}");
                    ensure!(last_stale <= BOUND + Duration::from_millis(250), "stale after {last_stale:?}");
                }
            });
        }
        for latency in asking.join_all().await {
            taken.push(latency?);
        }
    }
    Ok(taken)
}

#[expect(clippy::disallowed_methods, reason = "what is measured is how long it takes")]
fn now() -> Instant {
    Instant::now()
}
