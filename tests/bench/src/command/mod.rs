//! The `vestibule` command, as processes, beside others that read a token or an entry.

mod desk;
mod measure;
mod oidc_agent;
mod session;

use std::{
    fmt::Write,
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context, Result, ensure};

use self::{desk::Desk, measure::Program, oidc_agent::OidcAgent, session::Session};

/// How often each program runs.
const ROUNDS: usize = 101;

/// How many processes ask at once when the token is due, and how often.
const PROCESSES: usize = 20;
const EXPIRIES: usize = 10;

/// Builds the command, and measures it.
///
/// # Errors
/// When a program is missing, or one of them says something else than before.
pub fn table() -> Result<String> {
    let program = build()?;
    let desk = Desk::new(&program)?;
    let session = Session::begin(&desk.folder.join("session"))?;
    let files = desk.on_files()?;
    let store = desk.logged_in(|arguments| {
        let mut command = session.command(&program);
        command.args(arguments);
        command
    })?;
    let agent = OidcAgent::start(&desk.folder.join("agent"), &desk.idp);

    let mut lookup = session.command("secret-tool");
    lookup.args(["lookup", "service", &format!("vestibule {} {}", desk.idp.issuer(), Desk::CLIENT)]);
    let mut version = Command::new(&program);
    version.arg("--version");
    let mut programs = vec![
        Program::new("`true`", Command::new("true")),
        Program::new("`vestibule --version`", version),
        Program::new("`vestibule token`, sealed file", files(&["token"])),
        Program::new("`vestibule token`, Secret Service", store(&["token"])),
        Program::new("`secret-tool lookup`, the same entry", lookup),
    ];
    let mut notes = String::new();
    match &agent {
        Ok(agent) => programs.push(Program::new("`oidc-token`, memory of its daemon", agent.token())),
        Err(error) => writeln!(notes, "oidc-agent is left out: {error:#}")?,
    }

    let before = desk.idp.requests();
    let table = measure::table(programs, ROUNDS)?;
    let calls = (desk.idp.requests() - before).back_channel();
    writeln!(notes, "network calls in {ROUNDS} rounds: {calls}")?;
    let places: [(&str, &dyn Fn(&[&str]) -> Command); 2] =
        [("sealed file", &files), ("Secret Service", &store)];
    for (place, command) in places {
        let (calls, longest) = desk.expire(command, PROCESSES, EXPIRIES)?;
        let longest = longest.as_millis();
        writeln!(
            notes,
            "{PROCESSES} processes at expiry, {EXPIRIES} times, {place}: {calls} token calls; the last one is served after {longest} ms at most"
        )?;
    }
    let size = fs::metadata(&program)?.len();
    writeln!(
        notes,
        "size of `vestibule`: {size} bytes, {} without symbols",
        stripped(&desk.folder, &program)?
    )?;
    Ok(format!("{table}\n{notes}"))
}

/// The command as it is released.
fn build() -> Result<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize()?;
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut build = Command::new(cargo);
    build.args(["build", "--release", "--quiet", "-p", "vestibule-cli"]).current_dir(&root);
    build.env("CARGO_TARGET_DIR", root.join("target"));
    ensure!(build.status()?.success(), "the command does not build");
    Ok(root.join("target/release/vestibule"))
}

fn stripped(folder: &Path, program: &Path) -> Result<u64> {
    let copy = folder.join("stripped");
    let mut strip = Command::new("strip");
    ensure!(
        strip.arg("-o").arg(&copy).arg(program).status().context("no strip")?.success(),
        "it does not strip"
    );
    Ok(fs::metadata(copy)?.len())
}
