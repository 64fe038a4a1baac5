use std::{path::Path, process::Stdio};

use anyhow::{Context, Result, ensure};
use tokio::{
    io::{AsyncBufReadExt, AsyncWriteExt, BufReader, Lines},
    process::{Child, ChildStdin, ChildStdout, Command},
};

/// The program `machine-user`. It ends when it is dropped.
#[derive(Debug)]
pub struct Process {
    child: Child,
    questions: ChildStdin,
    answers: Lines<BufReader<ChildStdout>>,
}

/// What a process says when it is asked for an access token.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Answer {
    /// Here it is.
    Token(String),
    /// There is none: the error's code.
    Error(String),
}

impl Process {
    pub(super) async fn start(program: &str, issuer: &str, folder: &Path, key: &str) -> Result<Self> {
        let mut command = Command::new(program);
        command.arg(issuer).arg(folder).stdin(Stdio::piped()).stdout(Stdio::piped()).kill_on_drop(true);
        let mut child = command.spawn().with_context(|| format!("cannot start {program}"))?;
        let questions = child.stdin.take().context("no standard input")?;
        let answers = BufReader::new(child.stdout.take().context("no standard output")?).lines();
        let mut process = Self { child, questions, answers };
        process.write(key).await?;
        let first = process.answers.next_line().await?;
        ensure!(first.as_deref() == Some("ready"), "the process says {first:?}");
        Ok(process)
    }

    /// Asks for an access token, when the clocks are ahead by so many seconds.
    ///
    /// # Errors
    /// When the process is gone.
    pub async fn ask(&mut self, ahead: u64) -> Result<()> {
        self.write(&ahead.to_string()).await
    }

    /// What it answers to the next question; `None` when it ended before.
    ///
    /// # Errors
    /// When it says something else.
    pub async fn answer(&mut self) -> Result<Option<Answer>> {
        let Some(line) = self.answers.next_line().await? else { return Ok(None) };
        match line.split_once(' ') {
            Some(("token", token)) => Ok(Some(Answer::Token(token.to_owned()))),
            Some(("error", code)) => Ok(Some(Answer::Error(code.to_owned()))),
            _ => anyhow::bail!("the process says {line:?}"),
        }
    }

    /// Kills it (SIGKILL): it does nothing any more.
    ///
    /// # Errors
    /// When it cannot be killed.
    pub async fn kill(mut self) -> Result<Option<Answer>> {
        self.child.start_kill()?;
        self.child.wait().await?;
        self.answer().await
    }

    /// Its number.
    pub fn id(&self) -> Option<u32> {
        self.child.id()
    }

    async fn write(&mut self, line: &str) -> Result<()> {
        self.questions.write_all(format!("{line}\n").as_bytes()).await?;
        Ok(self.questions.flush().await?)
    }
}
