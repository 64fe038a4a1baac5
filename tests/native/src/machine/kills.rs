use std::{fmt, path::PathBuf, time::Duration};

use anyhow::{Context, Result, ensure};
use tokio::time::{Instant, sleep};
use vestibule_dev_idp::{DevIdp, Endpoint, EventKind, HttpFault, Misbehaviour};

use super::{Answer, Machine, Process, Question};
use crate::stores::search;

/// When the process is killed that holds the lock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Moment {
    /// So long after it was asked, wherever it is then.
    After(Duration),
    /// Its request has arrived at the provider, which has not begun.
    Asked,
    /// The provider has answered, and the answer is on its way.
    Answered,
}

/// How kills went.
#[derive(Clone, Copy, Debug)]
pub struct Killed {
    /// How many processes were killed.
    pub kills: u64,
    /// How many of them had not answered yet.
    pub before_their_answer: u64,
    /// How long the next process waited for its token at most.
    pub longest: Duration,
}

impl Moment {
    /// Pseudo-random, and the same in every run.
    fn of(turn: u64) -> Self {
        let random =
            turn.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407) >> 33;
        match turn % 4 {
            1 => Self::Asked,
            3 => Self::Answered,
            _ => Self::After(Duration::from_micros(random % 40_000)),
        }
    }

    /// Kills the process at this moment of a refresh. Returns what it had answered before.
    ///
    /// # Errors
    /// When the process or the provider ends otherwise.
    pub async fn kill(self, machine: &Machine, mut victim: Process, ahead: u64) -> Result<Option<Answer>> {
        let mut events = machine.idp.events();
        let fault = match self {
            Self::After(span) => {
                victim.ask(Question::Token, ahead).await?;
                sleep(span).await;
                return victim.kill().await;
            }
            Self::Asked => HttpFault::HeldBefore,
            Self::Answered => HttpFault::Held,
        };
        machine.idp.misbehave_once(Misbehaviour::Http(Endpoint::Token, fault));
        victim.ask(Question::Token, ahead).await?;
        while !matches!(events.next().await.context("no provider")?.kind, EventKind::Held { .. }) {}
        let answer = victim.kill().await?;
        machine.idp.release();
        Ok(answer)
    }
}

/// Kills process after process (SIGKILL) while it refreshes; after each, another gets a token. The provider lets a refresh
/// token be used again for a minute, as good ones do.
///
/// # Errors
/// When one is locked out, signed out, or leaves half a file behind.
pub async fn kills(program: impl Into<PathBuf>, kills: u64) -> Result<Killed> {
    let grace = DevIdp::builder().refresh_grace(Duration::from_secs(60));
    let mut machine = Machine::new("kills", program, grace)?;
    machine.log_in().await?;
    let mut survivor = machine.start().await?;
    let mut killed = Killed { kills, before_their_answer: 0, longest: Duration::ZERO };
    for turn in 0..kills {
        let ahead = machine.next_round();
        let victim = machine.start().await?;
        let moment = Moment::of(turn);
        let answered = moment.kill(&machine, victim, ahead).await?;
        killed.before_their_answer += u64::from(answered.is_none());
        let begun = Instant::now();
        let answer = survivor.put(Question::Token, ahead).await?;
        ensure!(answer.is_token(), "kill {turn}, {moment:?}: {answer:?}");
        killed.longest = killed.longest.max(begun.elapsed());
    }
    let files = search::files_below(machine.folder())?;
    let half = files.iter().find(|file| file.extension().is_some_and(|extension| extension == "new"));
    ensure!(half.is_none(), "left behind: {half:?}");
    Ok(killed)
}

impl fmt::Display for Killed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { kills, before_their_answer, longest } = self;
        let longest = longest.as_millis();
        write!(
            f,
            "{kills} killed, {before_their_answer} before their answer: none signed out, {longest} ms at most to the next token"
        )
    }
}
