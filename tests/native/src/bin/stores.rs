//! The secure stores of this system, with the development provider: run by `cargo xtask interop native`.

use std::process::ExitCode;

use anyhow::{Context, Result};
use native::stores::{Report, run};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<ExitCode> {
    let here = std::env::current_exe()?;
    let program = here.parent().context("no folder")?.join("machine-user");
    let mut report = Report::default();
    run(&mut report, &program).await;
    Ok(report.close())
}
