//! The example applications, as processes of their own, against OpenID Providers that we did not write.
//!
//! `cargo xtask interop` builds the applications and runs this. Logs and installed packages stay in
//! `target/interop`. Exit code 0 only if every step held.

mod application;
mod browser;
mod control;
mod form;
mod install;
mod journal;
mod logout;
mod outage;
mod process;
mod provider;
mod refresh;
mod report;
mod sign_on;
mod stage;

use std::process::ExitCode;

use report::Report;
use tokio::signal::unix::{SignalKind, signal};

const HELP: &str = "\
The example applications against npm `oidc-provider`, all on loopback.

Usage: cargo xtask interop

Needs Node.js 20 or newer and npm. Installs its npm packages into target/interop; logs are there too.";

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    match std::env::args().nth(1).as_deref() {
        None => {}
        Some("--help" | "-h") => {
            println!("{HELP}");
            return ExitCode::SUCCESS;
        }
        Some(other) => {
            eprintln!("unknown argument `{other}`\n\n{HELP}");
            return ExitCode::FAILURE;
        }
    }
    let mut report = Report::default();
    // Dropping the scenario, at its end, on a panic or on a signal, kills every process that it started.
    tokio::select! {
        _ = scenario(&mut report) => {}
        () = interrupted() => report.interrupted(),
    }
    report.close()
}

async fn scenario(report: &mut Report) -> Result<(), report::Stopped> {
    let mut stage = stage::Stage::set(report).await?;
    let outcome = act(report, &mut stage).await;
    if outcome.is_err() {
        stage.print_log_tails();
    }
    outcome
}

async fn act(report: &mut Report, stage: &mut stage::Stage) -> Result<(), report::Stopped> {
    let alice = sign_on::one_login_for_both(report, stage).await?;
    refresh::once_when_due(report, stage, &alice).await?;
    logout::of_both(report, stage, &alice).await?;
    logout::refused_unless_genuine(report, stage).await?;
    outage::new_keys(report, stage).await?;
    outage::provider_down(report, stage).await
}

/// Completes at Ctrl-C or a request to terminate.
async fn interrupted() {
    match signal(SignalKind::terminate()) {
        Ok(mut terminate) => tokio::select! {
            _ = tokio::signal::ctrl_c() => {}
            _ = terminate.recv() => {}
        },
        Err(_) => drop(tokio::signal::ctrl_c().await),
    }
}
