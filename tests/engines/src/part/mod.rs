//! The parts of the run, and how they are called.

mod memory;
mod store;

use anyhow::{Result, bail};
use steps::report::{Report, Stopped};

/// One part of the run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Part {
    Memory,
}

/// All of them, in the order in which they run.
const PARTS: &[(&str, Part, &str)] = &[("memory", Part::Memory, "what every store promises, in memory")];

impl Part {
    /// The parts called `names`, or all.
    pub(crate) fn named(names: &[String]) -> Result<Vec<Self>> {
        if let Some(unknown) = names.iter().find(|name| PARTS.iter().all(|(known, ..)| known != name)) {
            bail!("no part is called `{unknown}`");
        }
        let wanted = PARTS.iter().filter(|(name, ..)| names.is_empty() || names.iter().any(|n| n == name));
        Ok(wanted.map(|(_, part, _)| *part).collect())
    }

    async fn run(self, report: &mut Report) -> Result<(), Stopped> {
        match self {
            Self::Memory => memory::run(report).await,
        }
    }
}

/// Each by itself: one that fails does not keep the others from being tried.
pub(crate) async fn run(parts: &[Part], report: &mut Report) {
    for part in parts {
        let _ = part.run(report).await;
    }
}

/// How to call this.
pub(crate) fn help() -> String {
    let parts: Vec<String> = PARTS.iter().map(|(name, _, what)| format!("  {name:<12}{what}")).collect();
    format!(
        "Sessions on real engines, which the run starts, pauses and kills, all on loopback.\n\n\
         Usage: cargo xtask engines [PART...]\n\nParts, all of them unless some are named:\n{}\n\n\
         Logs are in target/engines. Needs redis-server, redis-sentinel and PostgreSQL.",
        parts.join("\n")
    )
}
