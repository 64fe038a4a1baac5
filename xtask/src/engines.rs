//! Sessions on real engines.

use std::process::Command;

use anyhow::{Context as _, Result, ensure};

use crate::cargo::{build_folder, cargo};
use crate::tally::{Tally, run_counting};

/// Builds and runs `tests/engines` with `arguments`; adds its steps to `tally`.
pub(crate) fn run(arguments: &[&str], tally: &mut Tally) -> Result<()> {
    let build = ["build", "--package=engines"];
    ensure!(cargo(build).status().context("cannot start cargo")?.success(), "the programs do not build");
    run_counting(Command::new(build_folder()?.join("engines")).args(arguments), tally)
}
