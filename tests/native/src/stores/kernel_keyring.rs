//! The kernel's keyring: a login session without a bus.

use std::path::Path;

use anyhow::{Context, Result, ensure};
use tokio::process::Command;
use vestibule_dev_idp::DevIdp;

use super::{
    output_of,
    report::{Report, Stopped},
};
use crate::machine::{Answer, Machine, Process, Question};

pub(super) async fn run(report: &mut Report, program: &Path) -> Result<(), Stopped> {
    report.part("The kernel's keyring: a login session without a bus");
    let signed_in = async {
        let machine = Machine::new("kernel-keyring", program, DevIdp::builder())?;
        let answer = start(&machine).await?.put(Question::LogIn, 0).await?;
        let Answer::Done(subject) = answer else { anyhow::bail!("{answer:?}") };
        Ok((machine, subject))
    };
    let (mut machine, subject) =
        report.step("alice signs in; the login is kept until reboot", signed_in).await?;
    report.step("keyctl reads the entry, with the very token in it", read_back(&machine, &subject)).await?;
    report.step("another process of another session renews it", renew(&mut machine)).await?;
    let signed_out = async {
        let answer = start(&machine).await?.put(Question::LogOut, machine.ahead()).await?;
        ensure!(matches!(answer, Answer::Done(_)), "{answer:?}");
        ensure!(entry(&machine, &subject).await?.is_none(), "it is still there");
        Ok(())
    };
    report.step("she signs out: keyctl finds nothing", signed_out).await
}

/// Each process in a session keyring of its own, with the user's persistent one linked to it.
async fn start(machine: &Machine) -> Result<Process> {
    let mut command = Command::new("keyctl");
    command.args(["session", "-"]).arg(machine.program());
    // No bus is where these point to.
    command.env("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent").stderr(std::process::Stdio::null());
    machine.start_by(&mut command, "-").await
}

async fn entry(machine: &Machine, subject: &str) -> Result<Option<String>> {
    let description = format!("keyring:{subject}@vestibule {} {}", machine.idp.issuer(), Machine::CLIENT);
    let script =
        r#"keyctl get_persistent @s >/dev/null && id=$(keyctl search @s user "$0") && keyctl pipe $id"#;
    let mut command = Command::new("keyctl");
    command.args(["session", "-", "sh", "-c", script]).arg(description).stderr(std::process::Stdio::null());
    output_of(&mut command).await
}

async fn read_back(machine: &Machine, subject: &str) -> Result<()> {
    let entry = entry(machine, subject).await?.context("keyctl finds nothing")?;
    let answer = start(machine).await?.put(Question::Token, machine.ahead()).await?;
    let Answer::Token(token) = answer else { anyhow::bail!("{answer:?}") };
    ensure!(entry.contains(&token), "it is another login");
    Ok(())
}

async fn renew(machine: &mut Machine) -> Result<()> {
    let ahead = machine.next_round();
    for _ in 0..2 {
        let answer = start(machine).await?.put(Question::Token, ahead).await?;
        ensure!(answer.is_token(), "{answer:?}");
    }
    Ok(())
}
