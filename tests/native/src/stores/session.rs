use std::{
    fs::DirBuilder,
    os::unix::fs::DirBuilderExt,
    path::{Path, PathBuf},
    process::Stdio,
};

use anyhow::{Context, Result, ensure};
use tokio::{
    io::{AsyncBufReadExt, AsyncWriteExt, BufReader},
    process::{Child, Command},
};

/// The password of the keyring.
const PASSWORD: &str = "sesame";

/// A desktop session: a private bus, and a Secret Service on it. Both end when it is dropped.
#[derive(Debug)]
pub(super) struct Session {
    home: PathBuf,
    bus: Child,
    address: String,
}

/// How the keyring is found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Keyring {
    Unlocked,
    Locked,
}

impl Session {
    /// Begins a session of the user whose home this is.
    pub(super) async fn begin(home: &Path, keyring: Keyring) -> Result<Self> {
        DirBuilder::new().recursive(true).mode(0o700).create(home.join("run"))?;
        let mut command = Command::new("dbus-daemon");
        command
            .args(["--session", "--nofork", "--print-address=1"])
            .stdout(Stdio::piped())
            .stderr(Stdio::null());
        surround(&mut command, home, None);
        let mut bus = command.kill_on_drop(true).spawn().context("no dbus-daemon: install dbus-daemon")?;
        let mut lines = BufReader::new(bus.stdout.take().context("no output")?).lines();
        let address = lines.next_line().await?.context("the bus does not start")?;
        let session = Self { home: home.to_owned(), bus, address };
        session.start_keyring(keyring).await?;
        Ok(session)
    }

    /// Locks it, as the user or a screen saver would.
    pub(super) async fn lock(&self) -> Result<()> {
        let mut tool = self.command("dbus-send");
        tool.args([
            "--session",
            "--print-reply",
            "--dest=org.freedesktop.secrets",
            "/org/freedesktop/secrets",
        ]);
        tool.arg("org.freedesktop.Secret.Service.Lock");
        tool.arg("array:objpath:/org/freedesktop/secrets/collection/login").stdout(Stdio::null());
        ensure!(tool.status().await.context("no dbus-send: install dbus-bin")?.success(), "it does not lock");
        Ok(())
    }

    /// A program in this session.
    pub(super) fn command(&self, program: impl AsRef<std::ffi::OsStr>) -> Command {
        let mut command = Command::new(program);
        surround(&mut command, &self.home, Some(&self.address));
        command.stderr(Stdio::null()).stdin(Stdio::null());
        command
    }

    pub(super) async fn end(mut self) -> Result<()> {
        Ok(self.bus.kill().await?)
    }

    /// The daemon comes back from the call when it can be used.
    async fn start_keyring(&self, keyring: Keyring) -> Result<()> {
        let (how, password) = match keyring {
            Keyring::Unlocked => ("--unlock", PASSWORD),
            Keyring::Locked => ("--start", ""),
        };
        let mut command = self.command("gnome-keyring-daemon");
        command.args([how, "--components=secrets"]).stdin(Stdio::piped()).stdout(Stdio::null());
        let mut daemon = command.spawn().context("no gnome-keyring-daemon: install gnome-keyring")?;
        let mut input = daemon.stdin.take().context("no input")?;
        input.write_all(password.as_bytes()).await?;
        drop(input);
        ensure!(daemon.wait().await?.success(), "the keyring does not start");
        Ok(())
    }
}

/// Nothing of the session that the tests run in.
fn surround(command: &mut Command, home: &Path, bus: Option<&str>) {
    command.env_clear().env("PATH", std::env::var_os("PATH").unwrap_or_default());
    command.env("HOME", home).env("XDG_RUNTIME_DIR", home.join("run"));
    if let Some(bus) = bus {
        command.env("DBUS_SESSION_BUS_ADDRESS", bus);
    }
}
