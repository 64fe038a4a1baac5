//! SIGKILL before and after every call of store or provider, in callback, refresh and logout.

use std::time::Duration;

use anyhow::{Context as _, Result, bail, ensure};
use example_shared::testing::{Browser, Page};
use reqwest::StatusCode;
use steps::report::{Report, Stopped};
use vestibule_dev_idp::Requests;

use super::{Company, Ground};

/// The lease of a dead holder is over, and its attempt not yet.
pub(super) const LEASE: Duration = Duration::from_secs(10);
/// The outcome of an attempt is no longer waited for.
const ATTEMPT: Duration = Duration::from_secs(61);
/// A session that nobody used has ended.
const IDLE: Duration = Duration::from_secs(31 * 60);
/// Longer than a refresh goes without a heartbeat.
const LATE: Duration = Duration::from_millis(2_500);
const HEARTBEAT: &str = "renew";
/// So many answers are asked for before a refresh gives up.
const ANSWERS: u64 = 2;
/// More points than any request has.
pub(super) const NEVER: usize = usize::MAX;

pub(super) async fn run(report: &mut Report, ground: &Ground) -> Result<(), Stopped> {
    for (title, kills) in [
        ("killed in a callback: she signs in all the same, and nothing is left for long", Kills::Callback),
        ("killed in a refresh, reuse forgiven: she stays, and nobody calls a third time", Kills::Refresh),
        ("killed in a refresh, reuse not forgiven: out only where nobody can know", Kills::StrictRefresh),
        ("killed in the heartbeat of a slow refresh: as in any refresh", Kills::SlowRefresh),
        (
            "killed in a refresh whose answers are lost: she stays, where reuse is forgiven",
            Kills::LostRefresh,
        ),
        ("killed in ending one other session: it ends, or the retry ends it", Kills::EndOne),
        ("killed in ending all others: they end, or the retry ends them", Kills::EndAllOthers),
        ("killed in a logout by the user: out, or the retry succeeds", Kills::UserLogout),
        (
            "killed in a logout by the provider: 200 is out everywhere, or the retry succeeds",
            Kills::HeardLogout,
        ),
    ] {
        let outcome = report.step(title, kills.h17_bm14_at_every_point(ground)).await?;
        println!("      {outcome}");
    }
    Ok(())
}

#[derive(Clone, Copy)]
enum Kills {
    Callback,
    Refresh,
    StrictRefresh,
    SlowRefresh,
    LostRefresh,
    EndOne,
    EndAllOthers,
    UserLogout,
    HeardLogout,
}

/// How the runs of one kind ended.
#[derive(Default)]
struct Outcome {
    points: usize,
    tally: std::collections::BTreeMap<&'static str, usize>,
}

impl Outcome {
    fn count(&mut self, what: &'static str) {
        *self.tally.entry(what).or_default() += 1;
    }
}

impl std::fmt::Display for Outcome {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let tally: Vec<_> = self.tally.iter().map(|(what, count)| format!("{what}: {count}")).collect();
        write!(f, "{} points; {}", self.points, tally.join(", "))
    }
}

impl Kills {
    async fn h17_bm14_at_every_point(self, ground: &Ground) -> Result<Outcome> {
        let forgiving = !matches!(self, Self::StrictRefresh);
        let mut company = Company::start(ground, 3, false, forgiving).await?;
        // Once without a death, for the list of points.
        self.once(&mut company, NEVER, &[], &mut Outcome::default()).await.context("unharmed")?;
        let points = company.nodes[0].points().await?;
        ensure!(points.len() >= 4, "only {points:?}");
        let mut outcome = Outcome::default();
        for point in (0..points.len()).filter(|point| self.strikes(&points[*point])) {
            outcome.points += 1;
            self.once(&mut company, point, &points, &mut outcome)
                .await
                .with_context(|| format!("killed at {point}: {}, of {points:?}", points[point]))?;
        }
        ensure!(outcome.points > 0, "no point to strike at among {points:?}");
        Ok(outcome)
    }

    /// What a slow refresh has beyond any other is its heartbeat, and each takes seconds.
    fn strikes(self, point: &str) -> bool {
        !matches!(self, Self::SlowRefresh) || point.starts_with(HEARTBEAT)
    }

    async fn once(
        self,
        company: &mut Company<'_>,
        point: usize,
        points: &[String],
        outcome: &mut Outcome,
    ) -> Result<()> {
        let name = format!("user-{}-{}", self as u8, point % 1000);
        match self {
            Self::Callback => callback(company, &name, point, outcome).await,
            Self::Refresh | Self::StrictRefresh => refresh(company, &name, point, points, outcome).await,
            Self::SlowRefresh => {
                company.nodes[0].late(LATE).await?;
                refresh(company, &name, point, points, outcome).await
            }
            Self::LostRefresh => lost_refresh(company, &name, point, outcome).await,
            Self::EndOne => ending(company, &name, "/api/end-one", point, outcome).await,
            Self::EndAllOthers => ending(company, &name, "/api/end-all-others", point, outcome).await,
            Self::UserLogout => user_logout(company, &name, point, outcome).await,
            Self::HeardLogout => heard_logout(company, &name, point, outcome).await,
        }
    }
}

async fn callback(company: &mut Company<'_>, name: &str, point: usize, outcome: &mut Outcome) -> Result<()> {
    let alice = Browser::new()?;
    let login_page = alice.open(&company.nodes[0].at("/me")).await?;
    company.nodes[0].kill_at(point).await?;
    let landed = alice.sign_in(&login_page, name).await;
    if !died(company, point, landed.is_ok()).await? {
        landed?.expect(StatusCode::OK)?;
        return Ok(());
    }
    company.restart_first().await?;
    company.sign_in(&alice, name).await.context("the next login")?;
    ensure!(company.is_in(&alice, 1).await?, "the other node does not know her");
    let sessions = company.sessions(&alice, 1).await?;
    ensure!((1..=2).contains(&sessions), "{sessions} sessions");
    outcome.count(if sessions == 2 { "session without a cookie, listed" } else { "nothing left" });
    // What has no cookie is never used, and so it ends first.
    company.let_store_time_pass(IDLE).await?;
    company.sign_in(&alice, name).await?;
    let sessions = company.sessions(&alice, 1).await?;
    ensure!(sessions == 1, "after half an hour, {sessions} sessions");
    Ok(())
}

async fn refresh(
    company: &mut Company<'_>,
    name: &str,
    point: usize,
    points: &[String],
    outcome: &mut Outcome,
) -> Result<()> {
    let (alice, before, answer) = refreshing(company, name, point, 0).await?;
    if !died(company, point, answer.is_ok()).await? {
        answer?.expect(StatusCode::OK)?;
        return Ok(());
    }
    let (sent, settled) = sent_and_settled(points, point);
    company.let_store_time_pass(LEASE).await?;
    let answer = alice.call(&company.nodes[1].at("/api/token")).await?;
    let calls = (company.idp.requests() - before).token;
    let uncertain = sent && !settled;
    match answer.status {
        StatusCode::OK => {
            ensure!(calls == if uncertain { 2 } else { 1 }, "{calls} token calls");
            outcome.count(if uncertain { "stays after a second call" } else { "stays, one call" });
        }
        StatusCode::SERVICE_UNAVAILABLE if uncertain => {
            let problem = answer.problem(StatusCode::SERVICE_UNAVAILABLE)?;
            ensure!(problem["code"] == "refresh.busy", "{problem}");
            ensure!(company.is_in(&alice, 1).await?, "out before anybody can know");
            company.let_store_time_pass(ATTEMPT).await?;
            // A node that has just failed pauses for a second.
            let problem = alice.call(&company.nodes[2].at("/api/token")).await?;
            let problem = problem.problem(StatusCode::UNAUTHORIZED)?;
            ensure!(problem["code"] == "refresh.uncertain", "{problem}");
            outcome.count("refresh.uncertain");
        }
        status => bail!("{status}: {}", answer.body),
    }
    company.restart_first().await?;
    // Whoever was logged out signs in again; the dead node is in nobody's way.
    company.sign_in(&alice, name).await?;
    ensure!(company.is_in(&alice, 1).await?, "the other node does not know her");
    Ok(())
}

/// Who asks for a token that has expired, what the provider had been asked before, and what became of it where so many
/// answers of the provider are lost.
async fn refreshing(
    company: &mut Company<'_>,
    name: &str,
    point: usize,
    lost: u64,
) -> Result<(Browser, Requests, Result<Page>)> {
    let alice = company.signed_in(name).await?;
    company.let_tokens_expire().await?;
    let before = company.idp.requests();
    company.nodes[0].lose(lost).await?;
    company.nodes[0].kill_at(point).await?;
    let answer = alice.call(&company.nodes[0].at("/api/token")).await;
    Ok((alice, before, answer))
}

/// No answer comes, nobody knows whether the refresh token is spent, and the node dies while it leaves word of that.
async fn lost_refresh(
    company: &mut Company<'_>,
    name: &str,
    point: usize,
    outcome: &mut Outcome,
) -> Result<()> {
    let (alice, before, answer) = refreshing(company, name, point, ANSWERS).await?;
    if died(company, point, answer.is_ok()).await? {
        company.let_store_time_pass(LEASE).await?;
        alice.call(&company.nodes[1].at("/api/token")).await?.expect(StatusCode::OK)?;
        let calls = (company.idp.requests() - before).token;
        ensure!((1..=ANSWERS + 1).contains(&calls), "{calls} token calls");
        outcome.count(["", "stays, one call", "stays after two", "stays after three"][calls as usize]);
        company.restart_first().await?;
    } else {
        answer?.expect(StatusCode::SERVICE_UNAVAILABLE)?;
    }
    ensure!(company.is_in(&alice, 1).await?, "signed out by answers that were lost");
    Ok(())
}

/// One browser ends what another has. Its own session stays, whatever happens.
async fn ending(
    company: &mut Company<'_>,
    name: &str,
    how: &str,
    point: usize,
    outcome: &mut Outcome,
) -> Result<()> {
    let (desk, phone) = (company.signed_in(name).await?, company.signed_in(name).await?);
    company.nodes[0].kill_at(point).await?;
    let answer = desk.call(&company.nodes[0].at(how)).await;
    if died(company, point, answer.is_ok()).await? {
        company.restart_first().await?;
        if company.is_in(&phone, 1).await? {
            outcome.count("retried");
            desk.call(&company.nodes[0].at(how)).await?.expect(StatusCode::OK)?;
        } else {
            outcome.count("out at once");
        }
    } else {
        answer?.expect(StatusCode::OK)?;
    }
    // Not at the first node, whose points are those of the ending alone.
    for node in 1..3 {
        ensure!(!company.is_in(&phone, node).await?, "the other one is still in at node {node}");
        ensure!(company.is_in(&desk, node).await?, "its own session ended at node {node}");
    }
    Ok(())
}

async fn user_logout(
    company: &mut Company<'_>,
    name: &str,
    point: usize,
    outcome: &mut Outcome,
) -> Result<()> {
    let alice = company.signed_in(name).await?;
    let copy = alice.clone();
    let page = company.sign_in(&alice, name).await?;
    company.nodes[0].kill_at(point).await?;
    let answer = alice.submit(&page, "/auth/logout").await;
    if !died(company, point, answer.is_ok()).await? {
        answer?.expect(StatusCode::OK)?;
        ensure!(!company.is_in(&copy, 1).await?, "in after the answer");
        return Ok(());
    }
    company.restart_first().await?;
    if company.is_in(&alice, 1).await? {
        outcome.count("retried");
        let page = company.sign_in(&alice, name).await?;
        alice.submit(&page, "/auth/logout").await?.expect(StatusCode::OK)?;
    } else {
        outcome.count("out at once");
    }
    for node in 0..2 {
        ensure!(!company.is_in(&alice, node).await?, "still in at node {node}");
    }
    Ok(())
}

async fn heard_logout(
    company: &mut Company<'_>,
    name: &str,
    point: usize,
    outcome: &mut Outcome,
) -> Result<()> {
    let alice = company.signed_in(name).await?;
    let token = company.logout_token()?;
    company.nodes[0].kill_at(point).await?;
    let answer = company.nodes[0].hear(&token).await;
    if !died(company, point, answer.is_some()).await? {
        ensure!(answer == Some(StatusCode::OK), "{answer:?}");
        ensure!(!company.is_in(&alice, 1).await?, "in after the 200");
        return Ok(());
    }
    company.restart_first().await?;
    let out = !company.is_in(&alice, 1).await?;
    let retried = company.nodes[1].hear(&token).await;
    let expected = if out { StatusCode::BAD_REQUEST } else { StatusCode::OK };
    ensure!(retried == Some(expected), "out: {out}, and the retry was answered {retried:?}");
    outcome.count(if out { "out at once" } else { "retried" });
    for node in 0..2 {
        ensure!(!company.is_in(&alice, node).await?, "still in at node {node}");
    }
    Ok(())
}

/// Whether the first node died at its point; it must have, unless it was not to.
async fn died(company: &mut Company<'_>, point: usize, answered: bool) -> Result<bool> {
    if point == NEVER {
        return Ok(false);
    }
    ensure!(!answered, "it lives, and has answered");
    ensure!(company.nodes[0].is_dead().await, "it lives, and has not answered");
    Ok(true)
}

/// Whether the refresh token had gone out when the process died here, and whether its outcome was stored.
fn sent_and_settled(points: &[String], point: usize) -> (bool, bool) {
    // A death after a call is one at which the call was made.
    let done = |call: &str| points.iter().take(point + 1).any(|point| *point == format!("{call}, after"));
    // A heartbeat is one of a call that has been sent.
    let beats = points.iter().take(point + 1).any(|point| point.starts_with(HEARTBEAT));
    (beats || done("POST /token"), done("commit_refresh"))
}
