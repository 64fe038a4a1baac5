//! A disk without room: a process that may not write another byte into a file.

use std::{path::Path, time::Duration};

use anyhow::{Context, Result, ensure};
use tokio::process::Command;
use vestibule_dev_idp::DevIdp;

use super::report::{Report, Stopped};
use crate::machine::{Answer, Machine, Process, Question};

pub(super) async fn run(report: &mut Report, program: &Path) -> Result<(), Stopped> {
    report.part("Sealed files, a full disk");
    let begun = async {
        let machine = Machine::new("full-disk", program, DevIdp::builder().refresh_grace(Duration::ZERO))?;
        machine.log_in().await?;
        let process = start_without_room(&machine).await?;
        Ok((machine, process))
    };
    let (mut machine, mut process) = report.step("a process begins that cannot write", begun).await?;
    report
        .step(
            "its refresh succeeds, is kept in memory, and leaves the old file whole",
            renew(&mut machine, &mut process),
        )
        .await?;
    report
        .step("there is room again: the next use writes, and others read it", settle(&machine, &mut process))
        .await
}

/// The limit may be lifted from outside; the signal that goes with it is ignored, as the error is what is to be seen.
async fn start_without_room(machine: &Machine) -> Result<Process> {
    let mut command = Command::new("sh");
    command.args(["-c", r#"trap "" XFSZ; ulimit -S -f 0; exec "$0" "$@""#]).arg(machine.program());
    machine.start_by(&mut command, Machine::KEY).await
}

async fn renew(machine: &mut Machine, process: &mut Process) -> Result<()> {
    let before = sealed(machine)?;
    let (calls, ahead) = (machine.idp.requests(), machine.next_round());
    let first = process.put(Question::Token, ahead).await?;
    ensure!(first.is_token(), "{first:?}");
    ensure!(process.put(Question::Token, ahead).await? == first, "another token");
    ensure!((machine.idp.requests() - calls).token == 1, "more than one refresh");
    ensure!(sealed(machine)? == before, "the old file was touched");
    Ok(())
}

async fn settle(machine: &Machine, process: &mut Process) -> Result<()> {
    let id = process.id().context("it has ended")?.to_string();
    let lifted = Command::new("prlimit").args(["--pid", &id, "--fsize=unlimited"]).status().await?;
    ensure!(lifted.success(), "prlimit does not lift the limit");
    let calls = machine.idp.requests();
    let here = process.put(Question::Token, machine.ahead()).await?;
    let there = machine.start().await?.put(Question::Token, machine.ahead()).await?;
    ensure!(here == there && matches!(here, Answer::Token(_)), "{here:?}, {there:?}");
    ensure!(machine.idp.requests() == calls, "a refresh was needed");
    Ok(())
}

/// Every file of the machine that holds a login, and nothing that is half of one.
fn sealed(machine: &Machine) -> Result<Vec<Vec<u8>>> {
    let files = super::search::files_below(&machine.folder().join("sealed"))?;
    let kept = files.iter().filter(|file| file.extension().is_none_or(|extension| extension != "lock"));
    Ok(kept.map(std::fs::read).collect::<Result<_, _>>()?)
}
