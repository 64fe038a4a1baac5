//! The parts of the run, and how they are called.

mod demo;
pub(crate) mod faults;
mod memory;
mod model;
mod nodes;
mod postgres;
mod redis;
mod store;

use anyhow::{Context as _, Result, bail};
use steps::report::{Report, Stopped};

/// One part of the run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Part {
    Memory,
    Redis,
    Postgres,
    Faults,
    Nodes,
    Measure,
    Demo,
    Model(model::Length),
}

const HELP: &str = "\
Sessions on real engines, which the run starts, pauses and kills, all on loopback.

Usage: cargo xtask engines [PART...]
       cargo xtask engines model [--steps N] [--seed S]

Parts, all of them unless some are named:
  memory    what every store must do, in memory
  redis     the same on Redis, and its faults
  postgres  the same on PostgreSQL, and its faults
  faults    what becomes of users, sessions and logouts when an engine is treated badly
  nodes     processes of one application: killed at every point, refreshing at once, hearing of logouts
  demo      the demo's own tour, with three nodes of each application

By name only:
  measure   what `nodes` measures, and nothing else. How often, here and there, by variables of the environment:
            ROUNDS=200 of refreshes, LOGOUTS=1000, and SESSIONS=10000 of one user who is logged out everywhere
  model     random steps beside the model, on every engine: as many as are asked for

Logs are in target/engines. Needs redis-server, redis-sentinel and PostgreSQL.";

impl Part {
    /// The parts that are wanted; `None`: help is.
    pub(crate) fn wanted(arguments: &[String]) -> Result<Option<Vec<Self>>> {
        let mut arguments = arguments.iter().map(String::as_str);
        let mut parts = Vec::new();
        while let Some(argument) = arguments.next() {
            let part = match (argument, parts.last_mut()) {
                ("--help" | "-h", _) => return Ok(None),
                ("memory", _) => Self::Memory,
                ("redis", _) => Self::Redis,
                ("postgres", _) => Self::Postgres,
                ("faults", _) => Self::Faults,
                ("nodes", _) => Self::Nodes,
                ("measure", _) => Self::Measure,
                ("demo", _) => Self::Demo,
                ("model", _) => Self::Model(model::Length::default()),
                ("--steps" | "--seed", Some(Self::Model(length))) => {
                    let value = arguments.next().context("a number is missing")?;
                    length.set(argument, value)?;
                    continue;
                }
                (unknown, _) => bail!("unknown argument `{unknown}`"),
            };
            parts.push(part);
        }
        const ALL: [Part; 6] =
            [Part::Memory, Part::Redis, Part::Postgres, Part::Faults, Part::Nodes, Part::Demo];
        Ok(Some(if parts.is_empty() { ALL.to_vec() } else { parts }))
    }

    async fn run(self, report: &mut Report) -> Result<(), Stopped> {
        match self {
            Self::Memory => memory::run(report).await,
            Self::Redis => redis::run(report).await,
            Self::Postgres => postgres::run(report).await,
            Self::Faults => faults::run(report).await,
            Self::Nodes => nodes::run(report).await,
            Self::Measure => nodes::measure(report).await,
            Self::Demo => demo::run(report).await,
            Self::Model(length) => model::run(report, length).await,
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
pub(crate) fn help() -> &'static str {
    HELP
}
