//! Child processes: logged to a file, killed when dropped.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;
use std::{env, fs};

use anyhow::{Context as _, Result, anyhow, bail};
use tokio::io::{AsyncBufReadExt as _, AsyncRead, AsyncWriteExt as _, BufReader, Lines};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};

const READY_WITHIN: Duration = Duration::from_secs(60);
const GONE_WITHIN: Duration = Duration::from_secs(30);
const LINES_OF_TAIL: usize = 20;

/// A process of ours. A drop kills it.
#[derive(Debug)]
pub struct Process {
    name: &'static str,
    child: Child,
    /// Held open: a child may end itself when its standard input does.
    stdin: Option<ChildStdin>,
}

impl Process {
    /// Starts `command` with its output in the log `name`.
    pub fn start(name: &'static str, command: &mut Command) -> Result<Self> {
        let log = open_log(name)?;
        Self::spawn(name, command.stdout(log.try_clone()?).stderr(log))
    }

    /// Starts `command` and waits for a line of its output that begins with `ready`; returns the rest of that line.
    pub async fn start_until(
        name: &'static str,
        command: &mut Command,
        ready: &str,
    ) -> Result<(Self, String)> {
        let log = open_log(name)?;
        let mut process = Self::spawn(name, command.stdout(Stdio::piped()).stderr(log.try_clone()?))?;
        let output = process.child.stdout.take().context("the standard output was not piped")?;
        let mut lines = BufReader::new(output).lines();
        let mut log = tokio::fs::File::from_std(log);
        let found = tokio::time::timeout(READY_WITHIN, line_after(&mut lines, &mut log, ready)).await;
        let rest = found
            .with_context(|| format!("{name} did not print `{ready}` in {READY_WITHIN:?}"))?
            .with_context(|| format!("{name} did not start:\n{}", log_tail(name)))?;
        tokio::spawn(copy(lines, log));
        Ok((process, rest))
    }

    fn spawn(name: &'static str, command: &mut Command) -> Result<Self> {
        let mut child = command
            .stdin(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .with_context(|| format!("cannot start {}", command.as_std().get_program().display()))?;
        let stdin = child.stdin.take();
        Ok(Self { name, child, stdin })
    }

    /// The id of the process; `None` if it has ended.
    pub fn id(&self) -> Option<u32> {
        self.child.id()
    }

    /// Completes when the process has ended by itself.
    pub async fn ended(&mut self) {
        let _ = self.child.wait().await;
    }

    /// Fails if the process has ended.
    pub fn check_alive(&mut self) -> Result<()> {
        match self.child.try_wait()? {
            None => Ok(()),
            Some(status) => bail!("{} ended ({status}):\n{}", self.name, log_tail(self.name)),
        }
    }

    /// Ends the standard input of the process, and waits until that has ended the process.
    pub async fn end(mut self) -> Result<()> {
        drop(self.stdin.take());
        let ended = tokio::time::timeout(GONE_WITHIN, self.child.wait()).await;
        ended.with_context(|| format!("{} did not end in {GONE_WITHIN:?}", self.name))??;
        Ok(())
    }

    /// Kills the process and waits until it is gone.
    pub async fn stop(mut self) -> Result<()> {
        self.child.kill().await.with_context(|| format!("cannot stop {}", self.name))
    }
}

/// Runs `command` to its end, with its output in the log `name`.
pub async fn run_to_end(name: &'static str, command: &mut Command) -> Result<()> {
    let status = Process::start(name, command)?.child.wait().await?;
    if !status.success() {
        bail!("{name} failed ({status}):\n{}", log_tail(name));
    }
    Ok(())
}

/// The last lines of the log `name`.
pub fn log_tail(name: &str) -> String {
    let log = fs::read_to_string(log_file(name)).unwrap_or_default();
    let lines: Vec<&str> = log.lines().collect();
    lines[lines.len().saturating_sub(LINES_OF_TAIL)..].join("\n")
}

/// Removes the logs of an earlier run.
pub fn clear_logs() -> Result<()> {
    let folder = work_folder();
    fs::create_dir_all(&folder).with_context(|| format!("cannot create {}", folder.display()))?;
    for entry in fs::read_dir(&folder)? {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "log") {
            fs::remove_file(path)?;
        }
    }
    Ok(())
}

/// Where logs and installed packages are: in cargo's target folder, under the name of this program.
pub fn work_folder() -> PathBuf {
    let here = env::current_exe().ok();
    let name = here.as_deref().and_then(Path::file_stem).unwrap_or_else(|| OsStr::new("steps"));
    build_folder().parent().map_or_else(|| PathBuf::from("target"), Path::to_path_buf).join(name)
}

/// Where cargo puts the programs that it builds, this one included.
pub fn build_folder() -> PathBuf {
    let here = env::current_exe().ok();
    here.as_deref().and_then(Path::parent).map_or_else(|| PathBuf::from("target/debug"), Path::to_path_buf)
}

fn log_file(name: &str) -> PathBuf {
    work_folder().join(format!("{name}.log"))
}

fn open_log(name: &str) -> Result<fs::File> {
    let path = log_file(name);
    let log = fs::File::options().create(true).append(true).open(&path);
    log.with_context(|| format!("cannot write {}", path.display()))
}

async fn line_after(
    lines: &mut Lines<BufReader<ChildStdout>>,
    log: &mut tokio::fs::File,
    ready: &str,
) -> Result<String> {
    while let Some(line) = lines.next_line().await? {
        write_line(log, &line).await?;
        if let Some(rest) = line.strip_prefix(ready) {
            return Ok(rest.trim().to_owned());
        }
    }
    Err(anyhow!("its output ended without `{ready}`"))
}

async fn copy(mut lines: Lines<BufReader<impl AsyncRead + Unpin>>, mut log: tokio::fs::File) -> Result<()> {
    while let Some(line) = lines.next_line().await? {
        write_line(&mut log, &line).await?;
    }
    Ok(())
}

async fn write_line(log: &mut tokio::fs::File, line: &str) -> Result<()> {
    log.write_all(format!("{line}\n").as_bytes()).await?;
    Ok(log.flush().await?)
}
