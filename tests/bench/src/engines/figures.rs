//! What engines tell of themselves, and what the system tells of them.

use std::{fs, time::Duration};

use anyhow::{Context as _, Result};

use super::{Engines, Kind};

impl Engines {
    /// How many bytes an engine uses for all that it keeps under a name; Redis, for all that it keeps.
    ///
    /// # Errors
    /// When it does not tell.
    pub fn used(&self, kind: Kind, name: &str) -> Result<usize> {
        match kind {
            Kind::Memory => crate::memory::resident(),
            Kind::Redis => self.redis_figure("memory", "used_memory"),
            Kind::Postgres => {
                let size = self.postgres.run(&format!("SELECT pg_database_size('{name}')"))?;
                size.parse().context("a size")
            }
            Kind::Sqlite => {
                let file = self.file(name);
                let parts = ["db", "db-wal"].map(|extension| file.with_extension(extension));
                let sizes = parts.iter().filter_map(|part| fs::metadata(part).ok());
                Ok(usize::try_from(sizes.map(|part| part.len()).sum::<u64>())?)
            }
        }
    }

    /// How many commands Redis was sent.
    ///
    /// # Errors
    /// When it does not tell.
    pub fn redis_calls(&self) -> Result<u64> {
        let stats = self.redis.run(&["INFO", "commandstats"])?;
        // The commands within a script are none that were sent.
        let sent = ["cmdstat_evalsha:", "cmdstat_eval:", "cmdstat_get:"];
        let calls = stats.lines().filter(|line| sent.iter().any(|name| line.starts_with(name)));
        let count = |line: &str| line.split("calls=").nth(1)?.split(',').next()?.parse::<u64>().ok();
        Ok(calls.filter_map(count).sum())
    }

    /// How long all threads of an engine's processes have been on a processor. Those within this process count with it.
    pub fn cpu(&self, kind: Kind) -> Duration {
        let processes = match kind {
            Kind::Redis => self.redis.id().into_iter().collect(),
            Kind::Postgres => self.postgres.ids(),
            Kind::Memory | Kind::Sqlite => Vec::new(),
        };
        let threads =
            processes.iter().filter_map(|id| fs::read_dir(format!("/proc/{id}/task")).ok()).flatten();
        let time = |thread: fs::DirEntry| {
            let told = fs::read_to_string(thread.path().join("schedstat")).ok()?;
            told.split_whitespace().next()?.parse::<u64>().ok()
        };
        Duration::from_nanos(threads.flatten().filter_map(time).sum())
    }

    fn redis_figure(&self, section: &str, name: &str) -> Result<usize> {
        let info = self.redis.run(&["INFO", section])?;
        let found = info.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':'));
        found.context("a figure")?.trim().parse().context("a number")
    }
}
