use std::process::Stdio;

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

/// What a process is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Question {
    /// An access token that lasts.
    Token,
    /// To sign alice in.
    LogIn,
    /// To sign her out.
    LogOut,
}

/// What a process says.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Answer {
    /// The access token.
    Token(String),
    /// Who signed in or out.
    Done(String),
    /// It failed: the error's code.
    Error(String),
}

impl Answer {
    /// Whether it is a token.
    pub fn is_token(&self) -> bool {
        matches!(self, Self::Token(_))
    }
}

impl Process {
    pub(super) async fn start(command: &mut Command, key: &str) -> Result<Self> {
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).kill_on_drop(true);
        let mut child = command.spawn().context("cannot start a process")?;
        let questions = child.stdin.take().context("no standard input")?;
        let answers = BufReader::new(child.stdout.take().context("no standard output")?).lines();
        let mut process = Self { child, questions, answers };
        process.write(key).await?;
        let first = process.answers.next_line().await?;
        ensure!(first.as_deref() == Some("ready"), "the process says {first:?}");
        Ok(process)
    }

    /// Asks, when the clocks are ahead by so many seconds, and waits for the answer.
    ///
    /// # Errors
    /// When the process is gone, or says something else.
    pub async fn put(&mut self, question: Question, ahead: u64) -> Result<Answer> {
        self.ask(question, ahead).await?;
        self.answer().await?.context("the process has ended")
    }

    /// Asks.
    ///
    /// # Errors
    /// When the process is gone.
    pub async fn ask(&mut self, question: Question, ahead: u64) -> Result<()> {
        let word = match question {
            Question::Token => "token",
            Question::LogIn => "login",
            Question::LogOut => "logout",
        };
        self.write(&format!("{word} {ahead}")).await
    }

    /// What it answers to the next question; `None` when it ended before.
    ///
    /// # Errors
    /// When it says something else.
    pub async fn answer(&mut self) -> Result<Option<Answer>> {
        let Some(line) = self.answers.next_line().await? else { return Ok(None) };
        match line.split_once(' ') {
            Some(("token", token)) => Ok(Some(Answer::Token(token.to_owned()))),
            Some(("done", who)) => Ok(Some(Answer::Done(who.to_owned()))),
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
