//! A PostgreSQL server of the test's own.

use std::{
    net::TcpListener,
    os::unix::{fs::PermissionsExt, process::CommandExt},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::Duration,
};

use anyhow::{Context, Result, bail, ensure};
use rustix::process::{Pid, Signal, kill_process};
use tempfile::TempDir;

/// Settings of every server, after those of the test.
const SETTINGS: &str = "
listen_addresses = '127.0.0.1'
unix_socket_directories = ''
max_connections = 40
shared_buffers = 16MB
max_wal_size = 256MB
";

/// Nothing here has to outlive the machine.
const FAST: &str = "
fsync = off
synchronous_commit = off
full_page_writes = off
";

/// How often a server is asked whether it is there.
const GLANCE: Duration = Duration::from_millis(50);

/// A PostgreSQL server on the loopback interface with a data folder of its own. Dropping it kills it.
#[derive(Debug)]
pub struct Postgres {
    folder: TempDir,
    programs: PathBuf,
    port: u16,
    process: Option<Child>,
}

impl Postgres {
    /// A new server that does not wait for the disk.
    pub async fn start() -> Result<Self> {
        Self::start_with(FAST).await
    }

    /// A new server as it comes, with these lines in its `postgresql.conf`.
    pub async fn start_with(settings: &str) -> Result<Self> {
        let server = Self::empty()?;
        let mut init = server.command("initdb");
        init.args(["--auth=trust", "--username=vestibule", "--encoding=UTF8", "--no-locale", "--no-sync"]);
        run(init.arg("--pgdata").arg(server.data()))?;
        server.configure(settings)?;
        server.launched().await
    }

    /// A hot standby that follows `primary`. It may only be read.
    pub async fn replica_of(primary: &Self) -> Result<Self> {
        let server = Self::empty()?;
        let mut copy = server.command("pg_basebackup");
        copy.args(["--host=127.0.0.1", "--username=vestibule", "--checkpoint=fast", "--write-recovery-conf"]);
        copy.arg(format!("--port={}", primary.port)).arg("--no-sync");
        run(copy.arg("--pgdata").arg(server.data()))?;
        server.configure("hot_standby = on")?;
        server.launched().await
    }

    /// Where clients find it.
    pub fn url(&self) -> String {
        self.url_in("public")
    }

    /// The same, with tables in a schema of their own.
    pub fn url_in(&self, schema: &str) -> String {
        let place = format!("postgres://vestibule@127.0.0.1:{}/postgres", self.port);
        format!("{place}?sslmode=disable&options=-csearch_path%3D{schema}")
    }

    /// The same, in a database of its own.
    pub fn url_of(&self, database: &str) -> String {
        format!("postgres://vestibule@127.0.0.1:{}/{database}?sslmode=disable", self.port)
    }

    /// Its port.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// The numbers of its processes: there is one for each connection.
    pub fn ids(&self) -> Vec<u32> {
        let server = self.process.as_ref().map(Child::id);
        let children =
            server.into_iter().flat_map(children).map(|pid| pid.as_raw_nonzero().get().unsigned_abs());
        server.into_iter().chain(children).collect()
    }

    /// Runs SQL as an administrator would.
    pub fn run(&self, sql: &str) -> Result<String> {
        self.run_in("public", sql)
    }

    /// As [`run`](Self::run), with this in front of the names of tables.
    pub fn run_in(&self, schema: &str, sql: &str) -> Result<String> {
        let mut psql = Command::new(self.programs.join("psql"));
        psql.args(["--no-psqlrc", "--quiet", "--tuples-only", "--no-align", "--set=ON_ERROR_STOP=1"]);
        run(psql.arg("--command").arg(sql).arg(self.url_in(schema)))
    }

    /// Ends it in good order (SIGINT, "fast").
    pub async fn stop(&mut self) -> Result<()> {
        let Some(mut process) = self.process.take() else { return Ok(()) };
        kill_process(pid(&process)?, Signal::INT)?;
        while process.try_wait()?.is_none() {
            tokio::time::sleep(GLANCE).await;
        }
        Ok(())
    }

    /// Ends it and all its sessions at once (SIGKILL).
    pub fn kill(&mut self) {
        self.pause();
        if let Some(mut process) = self.process.take() {
            let children = children(process.id());
            signal_all(&process, Signal::KILL);
            let _ = process.wait();
            // The last of them to go lets go of the memory that they share, without which none starts again.
            while children.iter().any(|child| is_alive(*child)) {
                std::thread::sleep(GLANCE);
            }
        }
    }

    /// Starts it again where it was, with the data it had.
    pub async fn restart(&mut self) -> Result<()> {
        self.kill();
        self.launch().await
    }

    /// Stops it in mid-work (SIGSTOP): connections stay open and nobody answers.
    pub fn pause(&self) {
        if let Some(process) = &self.process {
            // The server alone first, so that it starts no further child meanwhile.
            let _ = pid(process).map(|pid| kill_process(pid, Signal::STOP));
            signal_all(process, Signal::STOP);
        }
    }

    /// Lets it go on.
    pub fn resume(&self) {
        if let Some(process) = &self.process {
            signal_all(process, Signal::CONT);
        }
    }

    fn empty() -> Result<Self> {
        let folder = tempfile::tempdir().context("a folder for PostgreSQL")?;
        std::fs::set_permissions(folder.path(), std::fs::Permissions::from_mode(0o711))?;
        let port = TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
        let server = Self { folder, programs: programs()?, port, process: None };
        std::fs::create_dir(server.data())?;
        std::fs::set_permissions(server.data(), std::fs::Permissions::from_mode(0o700))?;
        if let Some((user, group)) = unprivileged()? {
            std::os::unix::fs::chown(server.data(), Some(user), Some(group))?;
        }
        Ok(server)
    }

    fn configure(&self, settings: &str) -> Result<()> {
        let settings = format!("{SETTINGS}\n{settings}\nport = {}\n", self.port);
        let path = self.data().join("postgresql.auto.conf");
        let before = std::fs::read_to_string(&path).unwrap_or_default();
        std::fs::write(path, before + &settings).context("the settings of PostgreSQL")
    }

    async fn launched(mut self) -> Result<Self> {
        self.launch().await?;
        Ok(self)
    }

    async fn launch(&mut self) -> Result<()> {
        let log = std::fs::File::options().create(true).append(true).open(self.folder.path().join("log"))?;
        let mut server = self.command("postgres");
        server.arg("-D").arg(self.data()).stdin(Stdio::null()).stdout(Stdio::null()).stderr(log);
        let mut process = server.spawn().context("start PostgreSQL")?;
        loop {
            if let Some(status) = process.try_wait()? {
                bail!("PostgreSQL ended ({status}): {}", self.log());
            }
            let mut ask = Command::new(self.programs.join("pg_isready"));
            ask.args(["--quiet", "--host=127.0.0.1"]).arg(format!("--port={}", self.port));
            if ask.status()?.success() {
                self.process = Some(process);
                return Ok(());
            }
            tokio::time::sleep(GLANCE).await;
        }
    }

    fn log(&self) -> String {
        std::fs::read_to_string(self.folder.path().join("log")).unwrap_or_default()
    }

    fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    /// A program of PostgreSQL, which refuses to run as the superuser.
    fn command(&self, program: &str) -> Command {
        let mut command = Command::new(self.programs.join(program));
        command.current_dir(self.folder.path());
        if let Ok(Some((user, group))) = unprivileged() {
            command.uid(user).gid(group);
        }
        command
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        self.kill();
    }
}

/// The newest installation.
fn programs() -> Result<PathBuf> {
    let found = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let mut versions: Vec<_> = found
        .filter_map(|entry| Some((entry.file_name().to_str()?.parse::<u32>().ok()?, entry.path())))
        .collect();
    versions.sort();
    let (_, newest) = versions.pop().context("PostgreSQL is not installed: apt-get install postgresql")?;
    Ok(newest.join("bin"))
}

/// For the superuser: whom to run as instead.
fn unprivileged() -> Result<Option<(u32, u32)>> {
    if !rustix::process::geteuid().is_root() {
        return Ok(None);
    }
    let users = std::fs::read_to_string("/etc/passwd")?;
    for name in ["postgres:", "nobody:"] {
        let mut fields =
            users.lines().filter(|line| line.starts_with(name)).flat_map(|line| line.split(':').skip(2));
        if let (Some(user), Some(group)) = (fields.next(), fields.next()) {
            return Ok(Some((user.parse()?, group.parse()?)));
        }
    }
    bail!("nobody to run PostgreSQL as")
}

fn run(command: &mut Command) -> Result<String> {
    let output = command.output().with_context(|| format!("{command:?}"))?;
    ensure!(output.status.success(), "{command:?}: {}", String::from_utf8_lossy(&output.stderr));
    Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

/// Signals a server and its children, of which each is in a group of its own.
fn signal_all(process: &Child, signal: Signal) {
    for pid in children(process.id()).into_iter().chain(pid(process)) {
        let _ = kill_process(pid, signal);
    }
}

fn children(parent: u32) -> Vec<Pid> {
    let processes = std::fs::read_dir("/proc").into_iter().flatten().flatten();
    processes
        .filter(|entry| is_child(&entry.path(), parent))
        .filter_map(|entry| parse_pid(&entry.path()))
        .collect()
}

fn is_alive(process: Pid) -> bool {
    let stat = std::fs::read_to_string(format!("/proc/{}/stat", process.as_raw_nonzero()));
    stat.is_ok_and(|stat| !stat.rsplit(')').next().unwrap_or_default().trim_start().starts_with('Z'))
}

fn is_child(process: &Path, parent: u32) -> bool {
    let stat = std::fs::read_to_string(process.join("stat")).unwrap_or_default();
    let after_name = stat.rsplit(')').next().unwrap_or_default();
    after_name.split_whitespace().nth(1).and_then(|ppid| ppid.parse().ok()) == Some(parent)
}

fn parse_pid(process: &Path) -> Option<Pid> {
    Pid::from_raw(process.file_name()?.to_str()?.parse().ok()?)
}

fn pid(process: &Child) -> Result<Pid> {
    Pid::from_raw(i32::try_from(process.id())?).context("a process has a number")
}
