//! A Redis server of the test's own.

use std::{
    net::TcpListener,
    path::Path,
    process::{Child, Command, Stdio},
    time::Duration,
};

use anyhow::{Context, Result, bail, ensure};
use rustix::process::{Pid, Signal, kill_process};
use tempfile::TempDir;

/// The variable that names another program to start, such as Valkey's.
const PROGRAM: &str = "REDIS_SERVER";
/// How often a server is asked whether it is there.
const GLANCE: Duration = Duration::from_millis(20);

/// A Redis server on the loopback interface with a data folder of its own. Dropping it kills it.
#[derive(Debug)]
pub struct Redis {
    folder: TempDir,
    port: u16,
    settings: Vec<String>,
    process: Option<Child>,
}

impl Redis {
    /// A new server that keeps nothing on disk.
    pub async fn start() -> Result<Self> {
        Self::start_with(&["--save", "", "--appendonly", "no"]).await
    }

    /// A new server that writes each command to disk before it answers.
    pub async fn start_durable() -> Result<Self> {
        Self::start_with(&["--appendonly", "yes", "--appendfsync", "always"]).await
    }

    /// A new server with these options of its command line.
    pub async fn start_with(settings: &[&str]) -> Result<Self> {
        let mut server = Self {
            folder: tempfile::tempdir().context("a folder for Redis")?,
            port: free_port()?,
            settings: settings.iter().map(|&setting| setting.to_owned()).collect(),
            process: None,
        };
        server.launch().await?;
        Ok(server)
    }

    /// A read-only replica that follows `primary` and is in step: what is written from now on reaches it at once.
    pub async fn replica_of(primary: &Self) -> Result<Self> {
        let master = primary.port.to_string();
        let server = Self::start_with(&["--save", "", "--replicaof", "127.0.0.1", &master]).await?;
        // A replica that has just been attached gets nothing for a while, though its link is up.
        let probe = format!("probe-{}", server.port);
        primary.run(&["SET", &probe, "1"])?;
        while server.run(&["EXISTS", &probe])? != "1" {
            tokio::time::sleep(GLANCE).await;
        }
        primary.run(&["DEL", &probe])?;
        Ok(server)
    }

    /// Where clients find it.
    pub fn url(&self) -> String {
        format!("redis://127.0.0.1:{}", self.port)
    }

    /// Its port.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// The number of its process, while it runs.
    pub fn id(&self) -> Option<u32> {
        self.process.as_ref().map(Child::id)
    }

    /// Runs a command as an administrator would.
    pub fn run(&self, command: &[&str]) -> Result<String> {
        let mut client = Command::new("redis-cli");
        let output = client.args(["-h", "127.0.0.1", "-p", &self.port.to_string()]).args(command).output()?;
        ensure!(output.status.success(), "{command:?}: {}", String::from_utf8_lossy(&output.stderr));
        Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
    }

    /// Ends it in good order (SIGTERM).
    pub async fn stop(&mut self) -> Result<()> {
        let Some(mut process) = self.process.take() else { return Ok(()) };
        kill_process(pid(&process)?, Signal::TERM)?;
        while process.try_wait()?.is_none() {
            tokio::time::sleep(GLANCE).await;
        }
        Ok(())
    }

    /// Ends it at once (SIGKILL).
    pub fn kill(&mut self) {
        if let Some(mut process) = self.process.take() {
            let _ = process.kill();
            let _ = process.wait();
        }
    }

    /// Starts it again on the same port, with what it had on disk.
    pub async fn restart(&mut self) -> Result<()> {
        self.kill();
        self.launch().await
    }

    /// Starts it again on the same port, with nothing on disk.
    pub async fn restart_empty(&mut self) -> Result<()> {
        self.kill();
        for entry in std::fs::read_dir(self.folder.path())? {
            let path = entry?.path();
            if path.is_dir() { std::fs::remove_dir_all(path)? } else { std::fs::remove_file(path)? }
        }
        self.launch().await
    }

    /// Stops it in mid-work (SIGSTOP): connections stay open and nobody answers.
    pub fn pause(&self) {
        self.signal(Signal::STOP);
    }

    /// Lets it go on.
    pub fn resume(&self) {
        self.signal(Signal::CONT);
    }

    fn signal(&self, signal: Signal) {
        if let Some(process) = &self.process {
            let _ = pid(process).map(|pid| kill_process(pid, signal));
        }
    }

    async fn launch(&mut self) -> Result<()> {
        self.process = Some(spawn(self.folder.path(), |command| {
            command.args(["--bind", "127.0.0.1", "--port", &self.port.to_string()]);
            command.args(["--repl-diskless-sync-delay", "0", "--dir", "."]).args(&self.settings);
        })?);
        self.answers().await
    }

    async fn answers(&mut self) -> Result<()> {
        while !self.run(&["PING"]).is_ok_and(|answer| answer == "PONG") {
            if let Some(status) = self.process.as_mut().and_then(|process| process.try_wait().transpose()) {
                let log = std::fs::read_to_string(self.folder.path().join("log")).unwrap_or_default();
                bail!("Redis ended ({:?}): {log}", status?);
            }
            tokio::time::sleep(GLANCE).await;
        }
        Ok(())
    }
}

impl Drop for Redis {
    fn drop(&mut self) {
        self.kill();
    }
}

/// A Sentinel that watches one server under the name `sessions` and replaces it when it has gone. Dropping it kills it.
#[derive(Debug)]
pub struct Sentinel {
    server: Redis,
}

impl Sentinel {
    /// How it calls the server that it watches.
    pub const MASTER: &str = "sessions";

    /// Watches `primary`, and counts it as gone after half a second.
    pub async fn watch(primary: &Redis) -> Result<Self> {
        let folder = tempfile::tempdir().context("a folder for Sentinel")?;
        let name = Self::MASTER;
        let port = free_port()?;
        let settings = format!(
            "bind 127.0.0.1\nport {port}\nsentinel monitor {name} 127.0.0.1 {} 1\n\
             sentinel down-after-milliseconds {name} 500\nsentinel failover-timeout {name} 3000\n",
            primary.port
        );
        std::fs::write(folder.path().join("sentinel.conf"), settings)?;
        let process = spawn(folder.path(), |command| {
            command.args(["sentinel.conf", "--sentinel"]);
        })?;
        let mut server = Redis { folder, port, settings: Vec::new(), process: Some(process) };
        server.answers().await?;
        Ok(Self { server })
    }

    /// Where clients find it.
    pub fn url(&self) -> String {
        self.server.url()
    }

    /// Waits until it knows of a replica, without which it has nobody to promote.
    pub async fn knows_a_replica(&self) -> Result<()> {
        while !self.server.run(&["SENTINEL", "REPLICAS", Self::MASTER])?.contains("master-link-status\nok") {
            tokio::time::sleep(GLANCE).await;
        }
        Ok(())
    }
}

fn spawn(folder: &Path, arguments: impl FnOnce(&mut Command)) -> Result<Child> {
    let log = std::fs::File::options().create(true).append(true).open(folder.join("log"))?;
    let mut command = Command::new(std::env::var_os(PROGRAM).unwrap_or_else(|| "redis-server".into()));
    command.current_dir(folder);
    arguments(&mut command);
    command.stdin(Stdio::null()).stdout(log).stderr(Stdio::null());
    command.spawn().context("Redis is not installed: apt-get install redis-server")
}

fn free_port() -> Result<u16> {
    Ok(TcpListener::bind("127.0.0.1:0")?.local_addr()?.port())
}

fn pid(process: &Child) -> Result<Pid> {
    Pid::from_raw(i32::try_from(process.id())?).context("a process has a number")
}
