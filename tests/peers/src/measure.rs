//! Measures everybody a little in each round, each beside its framework's own bare page.
//!
//! On a shared machine two runs differ by what else it did; so a contestant is compared with the bare page that was asked
//! right before or after it, and the order rotates. What is told is the median of the rounds.

use std::time::Duration;

use anyhow::Result;
use tokio::time::Instant;

use crate::{cpu, load::Load, stage::OnStage};

/// How long to measure.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Plan {
    rounds: usize,
    slice: Duration,
}

impl Default for Plan {
    fn default() -> Self {
        Self { rounds: 31, slice: Duration::from_millis(150) }
    }
}

/// One contestant's medians over all rounds.
#[derive(Debug)]
pub(crate) struct Measured {
    pub(crate) title: String,
    pub(crate) sessions: &'static str,
    pub(crate) backchannel_logout: &'static str,
    /// Length of the request's cookie.
    pub(crate) cookie: usize,
    /// Requests a second, of the protected page.
    pub(crate) rate: f64,
    /// Its requests a second beside those of the bare page: 25th, 50th and 75th percentile.
    pub(crate) beside_bare: [f64; 3],
    /// Seconds on a processor for a request to the bare page.
    pub(crate) cpu_bare: f64,
    /// How many more the protected page takes.
    pub(crate) cpu_over: f64,
}

#[derive(Clone, Copy, Debug)]
struct Slice {
    rate: f64,
    cpu: f64,
}

pub(crate) async fn measure(plan: Plan, on_stage: &[OnStage]) -> Result<Vec<Measured>> {
    let mut rounds: Vec<Vec<[Slice; 2]>> = vec![Vec::with_capacity(plan.rounds); on_stage.len()];
    for (warm_up, round) in std::iter::once((true, 0)).chain((0..plan.rounds).map(|round| (false, round))) {
        eprint!("\r{} rounds to go ", plan.rounds - round);
        for turn in 0..on_stage.len() {
            let who = (round + turn) % on_stage.len();
            let slices = on_stage[who].pair(plan.slice, round % 2 == 0).await?;
            if !warm_up {
                rounds[who].push(slices);
            }
        }
    }
    eprintln!();
    Ok(on_stage.iter().zip(&rounds).map(|(who, rounds)| who.summary(rounds)).collect())
}

impl OnStage {
    /// A slice of the bare page and one of the protected page, in either order.
    async fn pair(&self, time: Duration, bare_first: bool) -> Result<[Slice; 2]> {
        let pid = self.process.pid();
        Ok(if bare_first {
            let bare = slice(pid, &self.bare, time).await?;
            [bare, slice(pid, &self.protected, time).await?]
        } else {
            let protected = slice(pid, &self.protected, time).await?;
            [slice(pid, &self.bare, time).await?, protected]
        })
    }

    fn summary(&self, rounds: &[[Slice; 2]]) -> Measured {
        let median = |of: &dyn Fn(&[Slice; 2]) -> f64| percentile(rounds.iter().map(of), 50);
        let beside = |at| percentile(rounds.iter().map(|[bare, protected]| protected.rate / bare.rate), at);
        Measured {
            title: self.title.clone(),
            sessions: self.contestant.sessions,
            backchannel_logout: self.contestant.backchannel_logout,
            cookie: self.cookie.len(),
            rate: median(&|[_, protected]| protected.rate),
            beside_bare: [25, 50, 75].map(beside),
            cpu_bare: median(&|[bare, _]| bare.cpu),
            cpu_over: median(&|[bare, protected]| protected.cpu - bare.cpu),
        }
    }
}

async fn slice(pid: u32, load: &Load, time: Duration) -> Result<Slice> {
    let connections = load.connect().await?;
    let (cpu, start) = (cpu::of_tree(pid)?, Instant::now());
    let answers = connections.ask_for(time).await? as f64;
    let (wall, cpu) = (start.elapsed(), cpu::of_tree(pid)?.saturating_sub(cpu));
    Ok(Slice { rate: answers / wall.as_secs_f64(), cpu: cpu.as_secs_f64() / answers })
}

/// The nearest rank.
fn percentile(values: impl Iterator<Item = f64>, percent: usize) -> f64 {
    let mut values: Vec<f64> = values.collect();
    values.sort_by(f64::total_cmp);
    let rank = (values.len() * percent).div_ceil(100).max(1);
    values.get(rank - 1).copied().unwrap_or(f64::NAN)
}
