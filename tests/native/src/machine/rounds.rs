use std::{fmt, time::Duration};

use anyhow::{Result, ensure};
use tokio::time::Instant;

use super::{Machine, Process, Question};

/// How rounds went.
#[derive(Clone, Copy, Debug)]
pub struct Rounds {
    /// How many processes asked in each.
    pub processes: usize,
    /// How many there were.
    pub rounds: u64,
    /// How often the token endpoint was called.
    pub calls: u64,
    /// How long it took them all.
    pub took: Duration,
}

/// In each round the access token ends, and all processes ask for one at once: they get the same, by one call.
///
/// # Errors
/// When they do not.
pub async fn rounds(machine: &mut Machine, processes: &mut [Process], rounds: u64) -> Result<Rounds> {
    let (begun, before) = (Instant::now(), machine.idp.requests());
    for round in 1..=rounds {
        let ahead = machine.next_round();
        for process in &mut *processes {
            process.ask(Question::Token, ahead).await?;
        }
        let mut answers = Vec::new();
        for process in &mut *processes {
            answers.push(process.answer().await?);
        }
        answers.sort();
        answers.dedup();
        let same = answers.len() == 1 && answers.iter().flatten().all(super::Answer::is_token);
        ensure!(same, "round {round}: {answers:?}");
        let calls = (machine.idp.requests() - before).token;
        ensure!(calls == round, "{calls} calls in {round} rounds");
    }
    let calls = (machine.idp.requests() - before).token;
    Ok(Rounds { processes: processes.len(), rounds, calls, took: begun.elapsed() })
}

impl fmt::Display for Rounds {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { processes, rounds, calls, took } = self;
        let each = took.as_millis() / u128::from((*rounds).max(1));
        write!(
            f,
            "{processes} processes, {rounds} rounds: {calls} token calls, none signed out, {each} ms a round"
        )
    }
}
