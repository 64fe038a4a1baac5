//! What the developers of this workspace repeat; `cargo xtask --help` lists it.

mod cargo;
mod ci;
mod engines;
mod interop;
mod layering;
mod metadata;
mod rules;
mod tally;

use std::process::ExitCode;

use anyhow::{Result, bail};

const HELP: &str = "\
What the developers of this workspace repeat.

Usage: cargo xtask COMMAND

Commands:
  ci [STEP...]  every check that a change must pass, or only the named ones
  engines       sessions on Redis and PostgreSQL, which the run starts, pauses and kills; `--help` lists the parts
  interop       the example applications against OpenID Providers that we did not write; `--help` lists those
  layering      which crate may import which, and what no application may be made to ship
  rules         which security rules have tests, and whether docs/security.md says so";

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match arguments.as_slice() {
        [] | ["--help" | "-h" | "help"] => println!("{HELP}"),
        ["ci", "--help" | "-h"] => println!("{}", ci::help()),
        ["ci", steps @ ..] => ci::run(steps)?,
        ["engines", arguments @ ..] => engines::run(arguments, &mut tally::Tally::default())?,
        ["interop", arguments @ ..] => interop::run(arguments, &mut tally::Tally::default())?,
        ["layering"] => layering::run()?,
        ["rules"] => rules::run()?,
        _ => bail!("unknown: `{}`\n\n{HELP}", arguments.join(" ")),
    }
    Ok(())
}
