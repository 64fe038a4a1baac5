use std::{fs, os::unix::fs::PermissionsExt, path::PathBuf, process::Stdio};

use anyhow::{Context, Result};
use native::Desk;
use tokio::{
    io::{AsyncBufReadExt, AsyncReadExt, BufReader},
    process::{Child, Command},
};
use vestibule_dev_idp::DevIdp;

/// A home folder, a provider and alice.
pub(crate) struct World {
    pub(crate) desk: Desk,
    pub(crate) home: PathBuf,
}

/// What a command left behind.
#[derive(Debug)]
pub(crate) struct Said {
    pub(crate) exit: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl World {
    pub(crate) fn new(test: &str) -> Result<Self> {
        let desk = Desk::with(&format!("command-{test}"), DevIdp::builder())?;
        let home = desk.folder.join("home");
        fs::create_dir_all(&home)?;
        let key = home.join("key");
        fs::write(&key, Desk::KEY)?;
        fs::set_permissions(&key, fs::Permissions::from_mode(0o600))?;
        Ok(Self { desk, home })
    }

    /// A command with nothing in its environment but a home.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_vestibule"));
        command.args(arguments).env_clear().env("HOME", &self.home).kill_on_drop(true);
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }

    pub(crate) async fn run(&self, arguments: &[&str]) -> Result<Said> {
        let output = self.command(arguments).output().await?;
        Ok(Said {
            exit: output.status.code(),
            stdout: String::from_utf8(output.stdout)?,
            stderr: String::from_utf8(output.stderr)?,
        })
    }

    /// Starts a login that prints its address.
    pub(crate) async fn begin_login(&self, more: &[&str]) -> Result<Waiting> {
        let key = self.home.join("key").display().to_string();
        let arguments =
            ["login", "--issuer", self.desk.idp.issuer(), "--client-id", Desk::CLIENT, "--no-browser"];
        let mut child =
            self.command(&[&arguments, ["--key-file", key.as_str()].as_slice(), more].concat()).spawn()?;
        let mut lines = BufReader::new(child.stderr.take().context("no stderr")?);
        let (mut stderr, mut address) = (String::new(), None);
        while address.is_none() {
            let mut line = String::new();
            anyhow::ensure!(lines.read_line(&mut line).await? > 0, "no address came: {stderr}");
            address = line.trim().starts_with("http").then(|| line.trim().to_owned());
            stderr.push_str(&line);
        }
        Ok(Waiting { child, lines, stderr, address: address.unwrap_or_default() })
    }

    /// Signs alice in.
    pub(crate) async fn log_in(&self, more: &[&str]) -> Result<Said> {
        let waiting = self.begin_login(more).await?;
        self.desk.alice.visit(&waiting.address.parse()?).await?;
        waiting.end().await
    }
}

/// A login that waits for its user.
pub(crate) struct Waiting {
    pub(crate) child: Child,
    lines: BufReader<tokio::process::ChildStderr>,
    stderr: String,
    pub(crate) address: String,
}

impl Waiting {
    pub(crate) async fn end(mut self) -> Result<Said> {
        self.lines.read_to_string(&mut self.stderr).await?;
        let output = self.child.wait_with_output().await?;
        let stdout = String::from_utf8(output.stdout)?;
        Ok(Said { exit: output.status.code(), stdout, stderr: self.stderr })
    }
}
