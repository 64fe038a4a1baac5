//! Two web applications and a command, one login, one logout, on one machine.
//!
//! Starts the development provider, the dashboard and the docs portal on loopback, and tells what happens between them.
//! The command that it has registered is `vestibule`, or any other.
//! With `--check` it takes the whole tour by itself.

mod app;
mod arguments;
mod balancer;
mod banner;
mod check;
mod live_log;
mod paint;
mod server;
mod stage;

use std::process::ExitCode;

use vestibule_dev_idp::Clock;

use crate::{
    arguments::{Cast, Order},
    paint::Paint,
    stage::Stage,
};

const HELP: &str = "\
Two web applications and a command, one login, one logout, on this machine.

Usage: cargo run -p vestibule-demo [-- [--check] [--nodes N] [--store URL]]

  (none)       start a provider, a dashboard and a docs portal, and tell what happens; Ctrl-C ends it
  --check      take the whole tour without a person, one line a step; exit code 0 only if every step held
  --nodes N    so many nodes of each application, behind a tiny load balancer (default: 1)
  --store URL  where their sessions rest: memory:, sqlite:PATH, redis://HOST, postgres://HOST/DATABASE (default: memory:)
  --help       this text
";

#[tokio::main]
async fn main() -> ExitCode {
    let outcome = match arguments::read(std::env::args().skip(1)) {
        Ok(Order::Show(cast)) => show(&cast).await,
        Ok(Order::Check(cast)) => return check::run(&cast).await,
        Ok(Order::Help) => {
            print!("{HELP}");
            Ok(())
        }
        Err(error) => {
            eprint!("error: {error:#}\n\n{HELP}");
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
async fn show(cast: &Cast) -> anyhow::Result<()> {
    let paint = Paint::for_stdout();
    let clock = Clock::system();
    live_log::listen_to_applications(&clock, paint);
    let stage = Stage::set(cast, &clock, stage::USUAL_PORTS).await?;
    println!("{}", banner::banner(&stage, paint));
    live_log::listen_to_provider(&stage.idp, paint);
    example_shared::stopped().await;
    stage.clear().await;
    Ok(())
}
