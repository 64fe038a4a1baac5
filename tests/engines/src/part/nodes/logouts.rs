//! A logout that one node heard, and how long it and the others take.

use std::{
    fmt::Display,
    time::{Duration, Instant},
};

use anyhow::{Result, ensure};
use example_shared::testing::Browser;
use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use reqwest::StatusCode;
use steps::report::{Report, Stopped};
use tokio::task::JoinSet;
use vestibule_web::near_cache::BOUND;

use super::{Company, Ground, asked_for};

const NODES: usize = 3;
/// How many sessions of a user each node is asked about while a logout comes to it. All of them are afterwards.
const SAMPLE: usize = 8;
/// How many people sign in, or are asked about, at the same time.
const AT_ONCE: usize = 8;

/// What became of a logout. Nodes count from the one that heard it.
#[derive(Debug)]
struct Obeyed {
    /// From the request to its 200.
    answered: Duration,
    /// From the request until every one of the sample has been refused at this node.
    refused: [Duration; NODES],
    /// From the 200 to this node's last stale answer. Zero: it gave none.
    stale: [Duration; NODES],
}

pub(super) async fn run(report: &mut Report, ground: &Ground) -> Result<(), Stopped> {
    let logouts = asked_for("LOGOUTS", 200);
    let title = format!("{NODES} nodes without a cache: after the 200, not one stale answer");
    print(&report.step(title, in_turn(ground, false, logouts, 1)).await?);
    let title = format!("{NODES} nodes with a near cache: all refuse within {BOUND:?}");
    print(&report.step(title, in_turn(ground, true, logouts, 1)).await?);
    for (sessions, logouts) in [(100, 5), (asked_for("SESSIONS", 0), 1)] {
        if sessions > 0 {
            let title = format!("the same for a user with sessions in {sessions} browsers");
            print(&report.step(title, in_turn(ground, true, logouts, sessions)).await?);
        }
    }
    Ok(())
}

/// One user after the other, with so many sessions each, is logged out everywhere.
async fn in_turn(ground: &Ground, near_cache: bool, logouts: usize, sessions: usize) -> Result<Vec<Obeyed>> {
    let company = Company::start(ground, NODES, near_cache, false).await?;
    let mut obeyed = Vec::new();
    for logout in 0..logouts {
        let name = format!("leaver-{near_cache}-{sessions}-{logout}");
        let browsers: Vec<Browser> = stream::iter(0..sessions)
            .map(|_| company.signed_in(&name))
            .buffer_unordered(AT_ONCE)
            .try_collect()
            .await?;
        all_are(&company, &browsers, 0..NODES, true).await?;
        obeyed.push(log_out(&company, logout % NODES, &browsers, near_cache).await?);
        let node = (logout + 1) % NODES;
        all_are(&company, &browsers, node..node + 1, false).await?;
    }
    Ok(obeyed)
}

/// Whether each node knows, or none does, everybody.
async fn all_are(
    company: &Company<'_>,
    browsers: &[Browser],
    nodes: std::ops::Range<usize>,
    known: bool,
) -> Result<()> {
    let asked = nodes.flat_map(|node| browsers.iter().map(move |browser| (node, browser)));
    stream::iter(asked)
        .map(|(node, browser)| async move {
            let is_in = company.is_in(browser, node).await?;
            ensure!(is_in == known, "somebody is signed in at node {node}: {is_in}");
            Ok(())
        })
        .buffer_unordered(AT_ONCE)
        .try_collect()
        .await
}

/// The provider tells one node, and all nodes are asked until they refuse. The token names the user, and the session if
/// there is one.
async fn log_out(company: &Company<'_>, at: usize, browsers: &[Browser], near_cache: bool) -> Result<Obeyed> {
    let token = if browsers.len() == 1 { company.logout_token()? } else { company.logout_token_for_all()? };
    let start = now();
    let answer = company.nodes[at].hear(&token).await;
    ensure!(answer == Some(StatusCode::OK), "the logout was answered {answer:?}");
    let heard = now();
    let mut asking = JoinSet::new();
    for place in 0..NODES {
        let url = company.nodes[(at + place) % NODES].at("/api/me");
        let step = (browsers.len() / SAMPLE).max(1);
        let sample: Vec<Browser> = browsers.iter().step_by(step).take(SAMPLE).cloned().collect();
        asking.spawn(async move {
            anyhow::Ok((place, last_stale(&url, &sample, heard, near_cache).await?, now()))
        });
    }
    let mut obeyed =
        Obeyed { answered: heard - start, refused: [Duration::ZERO; NODES], stale: [Duration::ZERO; NODES] };
    for asked in asking.join_all().await {
        let (place, stale, refused) = asked?;
        obeyed.stale[place] = stale;
        obeyed.refused[place] = refused - start;
    }
    Ok(obeyed)
}

/// When the last stale answer came, counted from the 200, after which every one is refused.
async fn last_stale(url: &str, sample: &[Browser], heard: Instant, near_cache: bool) -> Result<Duration> {
    let mut last = Duration::ZERO;
    for browser in sample {
        loop {
            let page = browser.call(url).await?;
            if page.status == StatusCode::UNAUTHORIZED {
                break;
            }
            page.expect(StatusCode::OK)?;
            last = heard.elapsed();
            ensure!(near_cache, "a stale answer after {last:?}");
            ensure!(last <= BOUND + Duration::from_millis(250), "stale after {last:?}");
        }
    }
    Ok(last)
}

fn print(obeyed: &[Obeyed]) {
    let told = |what: &dyn Display, taken: Vec<Duration>| {
        let mut taken = taken;
        taken.sort_unstable();
        let at = |percent: usize| taken.get((taken.len() - 1) * percent / 100).copied().unwrap_or_default();
        println!("      {what:<42} p50 {:>9.2?}, p99 {:>9.2?}, most {:>9.2?}", at(50), at(99), at(100));
    };
    println!("      {} logouts", obeyed.len());
    told(&"answered after", obeyed.iter().map(|one| one.answered).collect());
    for place in 0..NODES {
        let node = ["A, which heard it,", "B", "C"][place];
        told(
            &format!("last one refused by {node} after"),
            obeyed.iter().map(|one| one.refused[place]).collect(),
        );
    }
    let stale = obeyed.iter().flat_map(|one| one.stale).collect::<Vec<_>>();
    println!(
        "      {} of {} nodes gave a stale answer after the 200",
        stale.iter().filter(|one| !one.is_zero()).count(),
        stale.len()
    );
    told(&"last stale answer of any node after the 200", stale);
}

#[expect(clippy::disallowed_methods, reason = "what is measured is how long it takes")]
fn now() -> Instant {
    Instant::now()
}
