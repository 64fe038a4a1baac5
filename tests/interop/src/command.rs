//! The `vestibule` command, as somebody uses it in a terminal.

use std::fs;
use std::io::Write as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::PathBuf;
use std::process::Stdio;
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use aws_lc_rs::rand::{SecureRandom as _, SystemRandom};
use serde_json::Value;
use tokio::process::{Child, Command};
use tokio::time::timeout;
use url::Url;

use crate::chromium::Person;
use crate::clients::Terminal;
use crate::process::{build_folder, work_folder};

const ENDS_WITHIN: Duration = Duration::from_secs(60);
/// How the page reads that a browser ends at after a login.
pub(crate) const RESULT_PAGE: &str = "You can close this window";

/// A home folder, and the environment of somebody who has nothing but that and perhaps a browser.
#[derive(Debug)]
pub(crate) struct Shell {
    pub(crate) home: PathBuf,
    issuer: String,
}

/// How a command ended.
#[derive(Debug)]
pub(crate) struct Ended {
    status: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Shell {
    /// A new home with a key for sealed files in it. `name` tells it from others.
    pub(crate) fn new(name: &str, issuer: &Url) -> Result<Self> {
        let home = work_folder().join("homes").join(name);
        if home.exists() {
            fs::remove_dir_all(&home)?;
        }
        fs::create_dir_all(&home)?;
        let mut key = [0; 32];
        SystemRandom::new().fill(&mut key)?;
        let mut file =
            fs::File::options().write(true).create_new(true).mode(0o600).open(home.join("vault.key"))?;
        file.write_all(&key)?;
        Ok(Self { home, issuer: issuer.as_str().trim_end_matches('/').to_owned() })
    }

    /// Runs `vestibule` with these arguments; where it opens a browser, it is this person's, who stays until a page reads
    /// like that.
    pub(crate) async fn run(&self, person: Option<(&Person, &str)>, arguments: &[&str]) -> Result<Ended> {
        let ended = Self::end(self.start(person, arguments)?).await;
        ended.with_context(|| format!("`vestibule {}`", arguments.join(" ")))
    }

    /// Waits for the end of a command that was started.
    pub(crate) async fn end(child: Child) -> Result<Ended> {
        let output = timeout(ENDS_WITHIN, child.wait_with_output()).await.context("it does not end")??;
        Ok(Ended {
            status: output.status.code(),
            stdout: String::from_utf8(output.stdout)?,
            stderr: String::from_utf8(output.stderr)?,
        })
    }

    /// Starts it, with both of its outputs to be read.
    pub(crate) fn start(&self, person: Option<(&Person, &str)>, arguments: &[&str]) -> Result<Child> {
        let mut command = Command::new(build_folder().join("vestibule"));
        command
            .args(arguments)
            .args(["--issuer", &self.issuer, "--client-id", Terminal::CLIENT_ID])
            .args(["--store", "encrypted-file", "--key-file"])
            .arg(self.home.join("vault.key"))
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .env("HOME", &self.home)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true);
        if let Some((person, until)) = person {
            command.envs(person.environment(until));
        }
        command.spawn().context("cannot start vestibule")
    }
}

impl Ended {
    /// Fails unless it ended with this exit code.
    pub(crate) fn expect(self, code: i32) -> Result<Self> {
        ensure!(self.status == Some(code), "it ended with {:?}, not {code}: {}", self.status, self.stderr);
        Ok(self)
    }

    /// What it printed for programs.
    pub(crate) fn json(&self) -> Result<Value> {
        serde_json::from_str(&self.stdout).with_context(|| format!("no JSON: {}", self.stdout))
    }
}
