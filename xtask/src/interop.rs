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
        "--package=native",
        "--package=vestibule-cli",
        "--package=vestibule-demo",
    ];
    ensure!(cargo(build).status().context("cannot start cargo")?.success(), "the programs do not build");
    let native = arguments.is_empty() || arguments.contains(&"native");
    if native {
        // A workspace of its own.
        let window = ["build", "--manifest-path=examples/desktop/Cargo.toml"];
        ensure!(cargo(window).status().context("cannot start cargo")?.success(), "the window does not build");
    }
    let programs = build_folder()?;
    let providers = run_counting(Command::new(programs.join("interop")).args(arguments), tally);
    if native {
        run_counting(&mut Command::new(programs.join("stores")), tally)?;
    }
    providers
}
