//! One refresh over all processes, and holders of it that are paused.

use std::collections::BTreeSet;

use anyhow::{Context as _, Result, ensure};
use example_shared::testing::Browser;
use reqwest::StatusCode;
use steps::report::{Report, Stopped};
use tokio::task::JoinSet;

use super::{
    Company, Ground, asked_for,
    killed::{LEASE, NEVER},
};

pub(super) async fn run(report: &mut Report, ground: &Ground) -> Result<(), Stopped> {
    for (nodes, calls, rounds) in [(8, 1, 50), (2, 25, asked_for("ROUNDS", 20))] {
        let title =
            format!("{nodes} processes, {calls} requests at each, {rounds} rounds: one token call a round");
        let made = report.step(title, d14_at_once(ground, nodes, calls, rounds)).await?;
        println!("      {made} token calls in {rounds} rounds, no request failed");
    }
    report
        .step(
            "stopped past its lease with the answer in hand: its result counts",
            d14_h10_stopped_past_its_lease(ground, false),
        )
        .await?;
    report
        .step(
            "stopped past its lease, and another commits: that one's counts",
            d14_h10_stopped_past_its_lease(ground, true),
        )
        .await
}

/// The holder is stopped between the provider's answer and the commit. Meanwhile its lease runs out, and another node is
/// asked; where the provider forgives reuse, that one gets tokens of its own.
async fn d14_h10_stopped_past_its_lease(ground: &Ground, forgiving: bool) -> Result<()> {
    let mut company = Company::start(ground, 2, false, forgiving).await?;
    let alice = company.signed_in(&format!("late-{forgiving}")).await?;
    let answered = place_of(&mut company, &alice, "POST /token, after").await?;
    company.let_tokens_expire().await?;
    let before = company.idp.requests();
    company.nodes[0].stop_at(answered).await?;
    let (holder, url) = (alice.clone(), company.nodes[0].at("/api/token"));
    let holder = tokio::spawn(async move { holder.call(&url).await?.expect(StatusCode::OK) });
    company.nodes[0].stopped().await?;
    company.let_store_time_pass(LEASE).await?;
    let other = alice.call(&company.nodes[1].at("/api/token")).await?;
    company.nodes[0].resume()?;
    let late = holder.await??.body;
    if forgiving {
        ensure!(other.expect(StatusCode::OK)?.body == late, "two winners");
    } else {
        let problem = other.problem(StatusCode::SERVICE_UNAVAILABLE)?;
        ensure!(problem["code"] == "refresh.busy", "{problem}");
    }
    let tokens = all_ask(&company, &alice, 1).await?;
    ensure!(tokens == BTreeSet::from([late]), "{tokens:?}");
    let calls = (company.idp.requests() - before).token;
    ensure!(calls == 2, "{calls} token calls");
    Ok(())
}

/// At which point of a refresh this is.
async fn place_of(company: &mut Company<'_>, alice: &Browser, point: &str) -> Result<usize> {
    company.let_tokens_expire().await?;
    company.nodes[0].kill_at(NEVER).await?;
    alice.call(&company.nodes[0].at("/api/token")).await?.expect(StatusCode::OK)?;
    let points = company.nodes[0].points().await?;
    points.iter().position(|passed| passed == point).with_context(|| format!("no {point} in {points:?}"))
}

/// Lets a token expire, and every process want one; so many rounds. How many calls that made.
async fn d14_at_once(ground: &Ground, nodes: usize, calls: usize, rounds: usize) -> Result<u64> {
    let mut company = Company::start(ground, nodes, false, false).await?;
    let alice = company.signed_in(&format!("refresher-{nodes}")).await?;
    let mut made = 0;
    for round in 0..rounds {
        company.let_tokens_expire().await?;
        let before = company.idp.requests();
        let tokens = all_ask(&company, &alice, calls).await.with_context(|| format!("round {round}"))?;
        ensure!(tokens.len() == 1, "round {round}: {} different tokens", tokens.len());
        let calls = (company.idp.requests() - before).token;
        ensure!(calls == 1, "round {round}: {calls} token calls");
        made += calls;
    }
    Ok(made)
}

async fn all_ask(company: &Company<'_>, alice: &Browser, calls: usize) -> Result<BTreeSet<String>> {
    let mut asking = JoinSet::new();
    for node in &company.nodes {
        for _ in 0..calls {
            let (alice, url) = (alice.clone(), node.at("/api/token"));
            asking.spawn(async move { alice.call(&url).await?.expect(StatusCode::OK) });
        }
    }
    let answers = asking.join_all().await.into_iter();
    answers.map(|answer| answer.map(|answer| answer.body)).collect()
}
