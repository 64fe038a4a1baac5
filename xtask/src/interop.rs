//! The example applications and the command against OpenID Providers that we did not write.

use std::process::Command;

use anyhow::{Context as _, Result, ensure};

use crate::cargo::{build_folder, cargo};
use crate::tally::{Tally, run_counting};

/// Builds and runs `tests/interop` with `arguments`; adds its steps to `tally`.
pub(crate) fn run(arguments: &[&str], tally: &mut Tally) -> Result<()> {
    let build = [
        "build",
        "--package=dashboard",
        "--package=docs-portal",
        "--package=interop",
        "--package=vestibule-cli",
        "--package=vestibule-demo",
    ];
    ensure!(cargo(build).status().context("cannot start cargo")?.success(), "the programs do not build");
    if arguments.is_empty() || arguments.contains(&"native") {
        // A workspace of its own.
        let window = ["build", "--manifest-path=examples/desktop/Cargo.toml"];
        ensure!(cargo(window).status().context("cannot start cargo")?.success(), "the window does not build");
    }
    run_counting(Command::new(build_folder()?.join("interop")).args(arguments), tally)
}
