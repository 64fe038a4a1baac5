//! Every check that a change must pass.

use std::fmt;
use std::time::Instant;

use anyhow::{Context as _, Result, bail, ensure};

use crate::cargo::cargo;
use crate::tally::{Tally, run_counting};
use crate::{engines, interop, layering, rules};

struct Step {
    name: &'static str,
    task: Task,
}

enum Task {
    /// A call of cargo.
    Cargo(&'static [&'static str]),
    /// A call of cargo whose output reports tests.
    Tests(&'static [&'static str]),
    Layering,
    Rules,
    Interop,
    Engines,
}

use Task::{Cargo, Engines, Interop, Layering, Rules, Tests};

/// The tests come last: what a run ends with is how they went.
const STEPS: &[Step] = &[
    Step { name: "fmt", task: Cargo(&["fmt", "--all", "--check"]) },
    Step { name: "layering", task: Layering },
    Step { name: "rules", task: Rules },
    Step { name: "deny", task: Cargo(&["deny", "check", "bans", "licenses", "sources"]) },
    Step { name: "clippy", task: Cargo(&["clippy", "--workspace", "--all-targets", "--", "-D", "warnings"]) },
    Step {
        name: "wasm",
        task: Cargo(&[
            "clippy",
            "-p",
            "vestibule",
            "--target",
            "wasm32-unknown-unknown",
            "--",
            "-D",
            "warnings",
        ]),
    },
    Step { name: "docs", task: Cargo(&["doc", "--workspace", "--no-deps"]) },
    Step { name: "demo", task: Cargo(&["run", "-p", "vestibule-demo", "--", "--check"]) },
    Step { name: "nodes", task: Cargo(&["run", "-p", "vestibule-demo", "--", "--check", "--nodes", "3"]) },
    Step { name: "interop", task: Interop },
    Step { name: "engines", task: Engines },
    Step { name: "test", task: Tests(&["test", "--workspace"]) },
];

/// How to call this, and what the steps are.
pub(crate) fn help() -> String {
    let lines: Vec<String> = STEPS.iter().map(|step| format!("  {:<10}{}", step.name, step.task)).collect();
    format!(
        "Every check that a change must pass.\n\nUsage: cargo xtask ci [STEP...]\n\nSteps:\n{}",
        lines.join("\n")
    )
}

/// Runs the steps called `names`, or all, whatever becomes of the earlier ones.
pub(crate) fn run(names: &[&str]) -> Result<()> {
    if let Some(unknown) = names.iter().find(|name| STEPS.iter().all(|step| step.name != **name)) {
        bail!("no step is called `{unknown}`\n\n{}", help());
    }
    let mut tally = Tally::default();
    let mut summary = Vec::new();
    let mut failed = 0;
    for step in STEPS.iter().filter(|step| names.is_empty() || names.contains(&step.name)) {
        println!("\n── {}: {}", step.name, step.task);
        let start = now();
        let outcome = step.task.run(&mut tally);
        let seconds = now().duration_since(start).as_secs_f32();
        let mark = if outcome.is_ok() { '✔' } else { '✘' };
        if let Err(error) = outcome {
            println!("error: {error:#}");
            failed += 1;
        }
        summary.push(format!("  {mark} {:<10}{seconds:>8.1} s", step.name));
        println!("{mark} {} in {seconds:.1} s", step.name);
    }
    // A step may fail without a test that fails.
    tally.failed = tally.failed.max(failed);
    println!("\n{}\n\n{tally}", summary.join("\n"));
    ensure!(failed == 0, "{failed} of {} steps failed", summary.len());
    Ok(())
}

impl Task {
    fn run(&self, tally: &mut Tally) -> Result<()> {
        match self {
            Cargo(arguments) => {
                // Read by `cargo doc` alone.
                let mut command = cargo(arguments.iter().copied());
                let status =
                    command.env("RUSTDOCFLAGS", "-D warnings").status().context("cannot start cargo")?;
                ensure!(status.success(), "`{self}` failed ({status})");
                Ok(())
            }
            Tests(arguments) => run_counting(&mut cargo(arguments.iter().copied()), tally),
            Layering => layering::run(),
            Rules => rules::run(),
            Interop => interop::run(&[], tally),
            Engines => engines::run(&[], tally),
        }
    }
}

impl fmt::Display for Task {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Cargo(arguments) | Tests(arguments) => write!(f, "cargo {}", arguments.join(" ")),
            Rules => f.write_str("cargo xtask rules"),
            Layering => f.write_str("cargo xtask layering"),
            Interop => f.write_str("cargo xtask interop"),
            Engines => f.write_str("cargo xtask engines"),
        }
    }
}

#[expect(clippy::disallowed_methods, reason = "only printed; no outcome depends on it")]
fn now() -> Instant {
    Instant::now()
}
