//! The secure stores of this system, and what native applications leave in them: for the program `stores`.

mod full_disk;
mod kernel_keyring;
mod report;
pub mod search;
mod secret_service;
mod session;

use std::path::Path;

use anyhow::Result;
pub use report::Report;
use report::Stopped;
use tokio::process::Command;
use vestibule_dev_idp::DevIdp;

use crate::machine::{Machine, kills, rounds};

const PROCESSES: usize = 8;

/// Everything, each part by itself. `program` is `machine-user`.
pub async fn run(report: &mut Report, program: &Path) {
    let _ = secret_service::run(report, program).await;
    let _ = kernel_keyring::run(report, program).await;
    let _ = full_disk::run(report, program).await;
    let _ = figures(report, program).await;
}

/// The long runs.
async fn figures(report: &mut Report, program: &Path) -> Result<(), Stopped> {
    report.part("Sealed files, many processes");
    let figures = async {
        let mut machine = Machine::new("many", program, DevIdp::builder())?;
        machine.log_in().await?;
        let mut processes = Vec::new();
        for _ in 0..PROCESSES {
            processes.push(machine.start().await?);
        }
        rounds(&mut machine, &mut processes, 100).await
    };
    let figures = report.step("eight processes, 100 rounds: one refresh a round", figures).await?;
    report.figures(&figures);
    let figures = report.step("100 holders of the lock are killed", kills(program, 100)).await?;
    report.figures(&figures);
    Ok(())
}

/// What a tool of the system prints; `None` when it fails.
async fn output_of(command: &mut Command) -> Result<Option<String>> {
    let output = command.output().await?;
    Ok(output.status.success().then(|| String::from_utf8_lossy(&output.stdout).into_owned()))
}
