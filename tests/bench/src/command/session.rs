use std::{
    ffi::OsStr,
    fs::DirBuilder,
    io::{BufRead, BufReader, Write},
    os::unix::fs::DirBuilderExt,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
};

use anyhow::{Context, Result, ensure};

/// A desktop session: a private bus, and a Secret Service on it that is unlocked. Both end when it is dropped.
pub(super) struct Session {
    home: PathBuf,
    bus: Child,
    address: String,
}

impl Session {
    pub(super) fn begin(home: &Path) -> Result<Self> {
        DirBuilder::new().recursive(true).mode(0o700).create(home.join("run"))?;
        let mut command = surrounded("dbus-daemon", home);
        command.args(["--session", "--nofork", "--print-address=1"]).stdout(Stdio::piped());
        let mut bus = command.stderr(Stdio::null()).spawn().context("no dbus-daemon: install dbus-daemon")?;
        let mut address = String::new();
        BufReader::new(bus.stdout.take().context("no output")?).read_line(&mut address)?;
        let session = Self { home: home.to_owned(), bus, address: address.trim().to_owned() };
        session.unlock()?;
        Ok(session)
    }

    /// A program in this session.
    pub(super) fn command(&self, program: impl AsRef<OsStr>) -> Command {
        let mut command = surrounded(program, &self.home);
        command.env("DBUS_SESSION_BUS_ADDRESS", &self.address).stdin(Stdio::null());
        command
    }

    /// The daemon comes back from the call when it can be used.
    fn unlock(&self) -> Result<()> {
        let mut command = self.command("gnome-keyring-daemon");
        command.args(["--unlock", "--components=secrets"]);
        command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null());
        let mut daemon = command.spawn().context("no gnome-keyring-daemon: install gnome-keyring")?;
        daemon.stdin.take().context("no input")?.write_all(b"sesame")?;
        ensure!(daemon.wait()?.success(), "the keyring does not start");
        Ok(())
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        let _ = self.bus.kill();
        let _ = self.bus.wait();
    }
}

/// Nothing of the session that the benchmarks run in.
fn surrounded(program: impl AsRef<OsStr>, home: &Path) -> Command {
    let mut command = Command::new(program);
    command.env_clear().env("PATH", std::env::var_os("PATH").unwrap_or_default());
    command.env("HOME", home).env("XDG_RUNTIME_DIR", home.join("run"));
    command
}
