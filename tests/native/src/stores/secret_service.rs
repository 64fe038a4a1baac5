//! A private D-Bus session with gnome-keyring-daemon.

use std::path::Path;

use anyhow::{Context, Result, ensure};
use vestibule_dev_idp::DevIdp;

use super::{
    PROCESSES, output_of,
    report::{Report, Stopped},
    search,
    session::{Keyring, Session},
};
use crate::machine::{Answer, Machine, Process, Question, rounds};

const SYSTEM_STORE: &str = "-";

pub(super) async fn run(report: &mut Report, program: &Path) -> Result<(), Stopped> {
    report.part("The Secret Service: a bus of its own, and gnome-keyring-daemon");
    let begun = async {
        let machine = Machine::new("secret-service", program, DevIdp::builder())?;
        let session = Session::begin(&machine.folder().join("home"), Keyring::Unlocked).await?;
        Ok((machine, session))
    };
    let (mut machine, session) = report.step("the session begins", begun).await?;
    let subject = report.step("alice signs in; the login is kept", sign_in(&machine, &session)).await?;
    report
        .step(
            "secret-tool reads the entry, with the very token in it",
            read_back(&machine, &session, &subject),
        )
        .await?;
    report
        .step("no file, argument or environment has it in plain text", nowhere_else(&machine, &session))
        .await?;
    let figures =
        report.step("eight processes, 20 rounds: one refresh a round", share(&mut machine, &session)).await?;
    report.figures(&figures);
    report
        .step(
            "locked meanwhile: what is in memory serves, and nothing is spent",
            locks_itself(&mut machine, &session),
        )
        .await?;
    let locked = begin_anew(&machine, session, Keyring::Locked);
    let session = report.step("the user logs out and in again; the keyring is still locked", locked).await?;
    report
        .step("a locked store: an error that says so, and no login begins", refused(&machine, &session))
        .await?;
    let unlocked = async {
        let session = begin_anew(&machine, session, Keyring::Unlocked).await?;
        token(&machine, &session).await?;
        Ok(session)
    };
    let session = report.step("again, and unlocked: she is still signed in", unlocked).await?;
    report.step("she signs out: secret-tool finds nothing", sign_out(&machine, &session, &subject)).await
}

async fn begin_anew(machine: &Machine, session: Session, keyring: Keyring) -> Result<Session> {
    session.end().await?;
    Session::begin(&machine.folder().join("home"), keyring).await
}

async fn start(machine: &Machine, session: &Session) -> Result<Process> {
    machine.start_by(&mut session.command(machine.program()), SYSTEM_STORE).await
}

async fn sign_in(machine: &Machine, session: &Session) -> Result<String> {
    match start(machine, session).await?.put(Question::LogIn, machine.ahead()).await? {
        Answer::Done(subject) => Ok(subject),
        other => anyhow::bail!("{other:?}"),
    }
}

async fn token(machine: &Machine, session: &Session) -> Result<String> {
    match start(machine, session).await?.put(Question::Token, machine.ahead()).await? {
        Answer::Token(token) => Ok(token),
        other => anyhow::bail!("{other:?}"),
    }
}

async fn entry(machine: &Machine, session: &Session, subject: &str) -> Result<Option<String>> {
    let service = format!("vestibule {} {}", machine.idp.issuer(), Machine::CLIENT);
    let mut tool = session.command("secret-tool");
    output_of(tool.args(["lookup", "service", &service, "username", subject])).await
}

async fn read_back(machine: &Machine, session: &Session, subject: &str) -> Result<()> {
    let entry = entry(machine, session, subject).await?.context("secret-tool finds nothing")?;
    ensure!(entry.contains(&token(machine, session).await?), "it is another login");
    Ok(())
}

async fn nowhere_else(machine: &Machine, session: &Session) -> Result<()> {
    let mut process = start(machine, session).await?;
    let Answer::Token(token) = process.put(Question::Token, machine.ahead()).await? else {
        anyhow::bail!("no token");
    };
    let mut files = search::files_below(machine.folder())?;
    ensure!(files.iter().any(|file| file.ends_with("login.keyring")), "the keyring is not among {files:?}");
    files.extend(search::surroundings_of_processes()?);
    let at_hand = std::fs::read_dir(std::env::temp_dir())?.filter_map(|entry| Some(entry.ok()?.path()));
    files.extend(at_hand.filter(|path| path.is_file()));
    let found = search::containing(&files, &token);
    ensure!(found.is_empty(), "the token is in {found:?}");
    Ok(())
}

async fn share(machine: &mut Machine, session: &Session) -> Result<crate::machine::Rounds> {
    let mut processes = Vec::new();
    for _ in 0..PROCESSES {
        processes.push(start(machine, session).await?);
    }
    rounds(machine, &mut processes, 20).await
}

async fn locks_itself(machine: &mut Machine, session: &Session) -> Result<()> {
    let mut process = start(machine, session).await?;
    ensure!(process.put(Question::Token, machine.ahead()).await?.is_token(), "no token before");
    session.lock().await?;
    let in_memory = process.put(Question::Token, machine.ahead()).await?;
    ensure!(in_memory.is_token(), "what is valid and in memory still serves: {in_memory:?}");
    let (before, ahead) = (machine.idp.requests(), machine.next_round());
    expect_unavailable(&process.put(Question::Token, ahead).await?)?;
    ensure!((machine.idp.requests() - before).token == 0, "a refresh token was spent");
    Ok(())
}

async fn refused(machine: &Machine, session: &Session) -> Result<()> {
    let before = machine.idp.requests();
    let mut process = start(machine, session).await?;
    expect_unavailable(&process.put(Question::Token, machine.ahead()).await?)?;
    expect_unavailable(&process.put(Question::LogIn, machine.ahead()).await?)?;
    ensure!(machine.idp.requests() == before, "the provider was asked all the same");
    Ok(())
}

async fn sign_out(machine: &Machine, session: &Session, subject: &str) -> Result<()> {
    let answer = start(machine, session).await?.put(Question::LogOut, machine.ahead()).await?;
    ensure!(matches!(answer, Answer::Done(_)), "{answer:?}");
    ensure!(entry(machine, session, subject).await?.is_none(), "it is still there");
    Ok(())
}

fn expect_unavailable(answer: &Answer) -> Result<()> {
    ensure!(*answer == Answer::Error("native.store_unavailable".to_owned()), "{answer:?}");
    Ok(())
}
