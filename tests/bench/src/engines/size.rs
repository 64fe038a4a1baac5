//! How much room sessions take on an engine.

use std::fs;

use anyhow::{Context as _, Result};

use super::{Engines, Kind};

impl Engines {
    /// How many bytes an engine uses for all that it keeps.
    ///
    /// # Errors
    /// When it does not tell.
    pub fn used(&self, kind: Kind, name: &str) -> Result<usize> {
        Ok(match kind {
            Kind::Redis => self.redis_figure("memory", "used_memory")?,
            Kind::Postgres => {
                let size = self.postgres.run(&format!("SELECT pg_database_size('{name}')"))?;
                size.trim().parse().context("a size")?
            }
            Kind::Sqlite => {
                let file = |suffix: &str| self.folder.path().join(format!("{name}.db{suffix}"));
                ["", "-wal"]
                    .iter()
                    .filter_map(|suffix| fs::metadata(file(suffix)).ok())
                    .map(|it| it.len() as usize)
                    .sum()
            }
        })
    }

    /// How many commands Redis was sent.
    ///
    /// # Errors
    /// When it does not tell.
    pub fn redis_calls(&self) -> Result<usize> {
        let stats = self.redis.run(&["INFO", "commandstats"])?;
        // The commands within a script are none that were sent.
        let sent = ["cmdstat_evalsha:", "cmdstat_eval:", "cmdstat_get:"];
        let calls = stats.lines().filter(|line| sent.iter().any(|name| line.starts_with(name)));
        let count = |line: &str| line.split("calls=").nth(1)?.split(',').next()?.parse::<usize>().ok();
        Ok(calls.filter_map(count).sum())
    }

    fn redis_figure(&self, section: &str, name: &str) -> Result<usize> {
        let info = self.redis.run(&["INFO", section])?;
        let found = info.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':'));
        found.context("a figure")?.trim().parse().context("a number")
    }
}
