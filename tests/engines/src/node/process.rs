use std::{path::Path, time::Duration};

use anyhow::{Context as _, Result};
use reqwest::{Client, StatusCode};
use rustix::process::{Pid, Signal, kill_process};
use steps::process::Process;
use tokio::process::Command;

use super::{READY, Settings};

/// The argument that makes this program a node.
pub const ARGUMENT: &str = "node";

const GONE_WITHIN: Duration = Duration::from_secs(5);
/// How often a process is looked at.
const GLANCE: Duration = Duration::from_millis(5);

/// A node in a process of its own. A drop kills it.
#[derive(Debug)]
pub struct NodeProcess {
    /// Where it is.
    pub url: String,
    settings: Settings,
    process: Process,
    http: Client,
}

impl NodeProcess {
    /// Starts one. With port 0 it takes a free one, and keeps that when it is started again.
    ///
    /// # Errors
    /// When it does not start.
    pub async fn start(mut settings: Settings) -> Result<Self> {
        let mut command = Command::new(std::env::current_exe()?);
        settings.tell(command.arg(ARGUMENT).as_std_mut());
        let (process, url) = Process::start_until("node", &mut command, READY).await?;
        settings.listen = url.trim_start_matches("http://").to_owned();
        let http = Client::builder().no_proxy().pool_max_idle_per_host(0).build()?;
        Ok(Self { url, settings, process, http })
    }

    /// Starts it again where it was. Whatever it was about to do is lost.
    ///
    /// # Errors
    /// When it does not start.
    pub async fn restart(self) -> Result<Self> {
        self.process.stop().await?;
        Self::start(self.settings).await
    }

    /// Gives it a journal, from its next start on.
    pub fn keep_journal(&mut self, folder: &Path) {
        self.settings.journal = folder.display().to_string();
    }

    /// Ends it at once (SIGKILL).
    ///
    /// # Errors
    /// When it has ended.
    pub fn kill(&self) -> Result<()> {
        self.signal(Signal::KILL)
    }

    /// Whether it has died.
    pub async fn is_dead(&mut self) -> bool {
        // Its connections end a little before it does.
        tokio::time::timeout(GONE_WITHIN, self.process.ended()).await.is_ok()
    }

    /// Sets its clock ahead, for good. One that has died takes note when it is started again.
    ///
    /// # Errors
    /// When it does not answer.
    pub async fn advance(&mut self, seconds: u64) -> Result<()> {
        self.settings.ahead += seconds;
        if self.process.check_alive().is_err() {
            return Ok(());
        }
        self.control(&format!("advance/{seconds}")).await
    }

    /// Lets it die at this point of what it does next.
    ///
    /// # Errors
    /// When it does not answer.
    pub async fn kill_at(&self, point: usize) -> Result<()> {
        self.control(&format!("kill/{point}")).await
    }

    /// Lets it stop at this point of what it does next.
    ///
    /// # Errors
    /// When it does not answer.
    pub async fn stop_at(&self, point: usize) -> Result<()> {
        self.control(&format!("stop/{point}")).await
    }

    /// Lets the provider's answers be late there.
    ///
    /// # Errors
    /// When it does not answer.
    pub async fn late(&self, span: Duration) -> Result<()> {
        self.control(&format!("late/{}", span.as_millis())).await
    }

    /// Loses the provider's next answers there.
    ///
    /// # Errors
    /// When it does not answer.
    pub async fn lose(&self, answers: u64) -> Result<()> {
        self.control(&format!("lose/{answers}")).await
    }

    /// The points that it has passed since.
    ///
    /// # Errors
    /// When it does not answer.
    pub async fn points(&self) -> Result<Vec<String>> {
        Ok(self.http.get(self.at("/control/points")).send().await?.error_for_status()?.json().await?)
    }

    /// Waits until it has stopped.
    ///
    /// # Errors
    /// When it has ended.
    pub async fn stopped(&self) -> Result<()> {
        let stat = format!("/proc/{}/stat", self.process.id().context("the node has ended")?);
        while std::fs::read_to_string(&stat)?.rsplit(") ").next().is_none_or(|rest| !rest.starts_with('T')) {
            tokio::time::sleep(GLANCE).await;
        }
        Ok(())
    }

    /// Lets it go on.
    ///
    /// # Errors
    /// When it has ended.
    pub fn resume(&self) -> Result<()> {
        self.signal(Signal::CONT)
    }

    fn signal(&self, signal: Signal) -> Result<()> {
        let id = self.process.id().context("the node has ended")?;
        let pid = Pid::from_raw(i32::try_from(id)?).context("a process has a number")?;
        Ok(kill_process(pid, signal)?)
    }

    /// An address of this node.
    pub fn at(&self, path: &str) -> String {
        format!("{}{path}", self.url)
    }

    /// Tells it of a logout, as the provider does. `None`: there was no answer.
    pub async fn hear(&self, token: &str) -> Option<StatusCode> {
        let request = self.http.post(self.at("/auth/backchannel-logout")).form(&[("logout_token", token)]);
        request.send().await.ok().map(|answer| answer.status())
    }

    async fn control(&self, what: &str) -> Result<()> {
        self.http.post(self.at(&format!("/control/{what}"))).send().await?.error_for_status()?;
        Ok(())
    }
}
