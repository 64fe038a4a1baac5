//! Two web applications and a command, one login, one logout, on one machine.
//!
//! Starts the development provider, the dashboard and the docs portal on loopback, and tells what happens between them.
//! The command that it has registered is `vestibule`, or any other.
//! With `--check` it takes the whole tour by itself.

mod banner;
mod check;
mod live_log;
mod paint;
mod stage;

use std::process::ExitCode;

use vestibule_dev_idp::Clock;

use crate::{paint::Paint, stage::Stage};

const HELP: &str = "\
Two web applications and a command, one login, one logout, on this machine.

Usage: cargo run -p vestibule-demo [-- --check]

  (none)     start a provider, a dashboard and a docs portal, and tell what happens; Ctrl-C ends it
  --check    take the whole tour without a person, one line a step; exit code 0 only if every step held
  --help     this text
";

#[tokio::main]
async fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let outcome = match arguments[..] {
        [] => show().await,
        ["--check"] => return check::run().await,
        ["--help" | "-h"] => {
            print!("{HELP}");
            Ok(())
        }
        _ => {
            eprint!("error: unknown arguments\n\n{HELP}");
            return ExitCode::from(2);
        }
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

/// Runs until Ctrl-C.
async fn show() -> anyhow::Result<()> {
    let paint = Paint::for_stdout();
    let clock = Clock::system();
    live_log::listen_to_applications(&clock, paint);
    let stage = Stage::set(&clock, stage::USUAL_PORTS).await?;
    println!("{}", banner::banner(&stage, paint));
    live_log::listen_to_provider(&stage.idp, paint);
    example_shared::stopped().await;
    stage.clear().await;
    Ok(())
}
