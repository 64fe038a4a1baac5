//! Processes of ours: logged to a file, ended by their id.

use std::{
    env,
    fs::{self, File},
    net::SocketAddr,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::Duration,
};

use anyhow::{Context as _, Result, bail, ensure};
use rustix::process::{Pid, Signal, kill_process};
use tokio::{net::TcpStream, time::Instant};

const PATIENCE: Duration = Duration::from_secs(30);
const PAUSE: Duration = Duration::from_millis(50);

/// A process that serves. A drop ends it.
#[derive(Debug)]
pub(crate) struct Process {
    name: &'static str,
    child: Child,
}

impl Process {
    /// Starts it, and waits until it listens at every address.
    pub(crate) async fn start(
        name: &'static str,
        command: &mut Command,
        addresses: &[SocketAddr],
    ) -> Result<Self> {
        let log = File::create(folder(name)?.join("log"))?;
        let child = command
            .stdin(Stdio::null())
            .stdout(log.try_clone()?)
            .stderr(log)
            .spawn()
            .with_context(|| format!("cannot start {}", command.get_program().display()))?;
        let mut process = Self { name, child };
        let deadline = Instant::now() + PATIENCE;
        for address in addresses {
            while TcpStream::connect(address).await.is_err() {
                process.check_alive()?;
                ensure!(Instant::now() < deadline, "{name} does not listen at {address}:\n{}", process.log());
                tokio::time::sleep(PAUSE).await;
            }
        }
        Ok(process)
    }

    pub(crate) fn pid(&self) -> u32 {
        self.child.id()
    }

    /// What it wrote.
    pub(crate) fn log(&self) -> String {
        let folder = folder(self.name).unwrap_or_default();
        let read = |name: &str| fs::read_to_string(folder.join(name)).unwrap_or_default();
        ["log", "error.log"].map(read).concat()
    }

    fn check_alive(&mut self) -> Result<()> {
        match self.child.try_wait()? {
            None => Ok(()),
            Some(status) => bail!("{} ended ({status}):\n{}", self.name, self.log()),
        }
    }

    /// Asks it to end, as one that has children of its own must be asked.
    fn end(&mut self) -> Result<()> {
        if self.child.try_wait()?.is_some() {
            return Ok(());
        }
        let pid = i32::try_from(self.child.id()).ok().and_then(Pid::from_raw).context("a process id")?;
        kill_process(pid, Signal::TERM)?;
        for _ in 0..PATIENCE.as_millis() / PAUSE.as_millis() {
            if self.child.try_wait()?.is_some() {
                return Ok(());
            }
            std::thread::sleep(PAUSE);
        }
        Ok(self.child.kill()?)
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        if let Err(error) = self.end() {
            eprintln!("{} could not be ended: {error}", self.name);
        }
    }
}

/// Runs a command to its end.
pub(crate) fn run(command: &mut Command) -> Result<()> {
    let name = command.get_program().to_string_lossy().into_owned();
    let status = command.stdin(Stdio::null()).status().with_context(|| format!("cannot start {name}"))?;
    ensure!(status.success(), "{name} failed ({status})");
    Ok(())
}

/// The sources of the contestants.
pub(crate) fn sources() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("contestants")
}

/// Where cargo puts the programs that it builds, this one included.
pub(crate) fn programs() -> Result<PathBuf> {
    Ok(env::current_exe()?.parent().context("a folder")?.to_owned())
}

/// A folder for what a contestant needs and writes.
pub(crate) fn folder(name: &str) -> Result<PathBuf> {
    let folder = programs()?.join("contestants").join(name);
    fs::create_dir_all(&folder).with_context(|| format!("cannot create {}", folder.display()))?;
    Ok(folder)
}
