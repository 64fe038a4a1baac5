use std::{
    fs,
    io::{BufRead, BufReader, Read},
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use anyhow::{Context, Result, ensure};
use vestibule_dev_idp::{Application, DevIdp};

const CLIENT: &str = "agent";
const SECRET: &str = "agent-secret";
const REDIRECT: &str = "http://localhost:4242";

/// The daemon of oidc-agent, at which alice is signed in. It ends when this is dropped.
pub(super) struct OidcAgent {
    home: PathBuf,
    socket: String,
    pid: String,
}

impl OidcAgent {
    pub(super) fn start(home: &Path, idp: &DevIdp) -> Result<Self> {
        fs::create_dir_all(home.join(".config/oidc-agent"))?;
        idp.register(Application::web(CLIENT, SECRET).redirect_uri(REDIRECT))?;
        let started = surrounded("oidc-agent", home).output().context("it is not installed")?;
        let said = String::from_utf8(started.stdout)?;
        let variable = |name: &str| {
            let (_, rest) = said.split_once(&format!("{name}="))?;
            Some(rest.split_once(';')?.0.to_owned())
        };
        let socket = variable("OIDC_SOCK").with_context(|| format!("no socket: {said}"))?;
        let pid = variable("OIDCD_PID").with_context(|| format!("no process: {said}"))?;
        let agent = Self { home: home.to_owned(), socket, pid };
        agent.sign_in(idp)?;
        Ok(agent)
    }

    /// What prints the token.
    pub(super) fn token(&self) -> Command {
        let mut command = self.command("oidc-token");
        command.arg("acme");
        command
    }

    fn sign_in(&self, idp: &DevIdp) -> Result<()> {
        let mut command = self.command("sh");
        // Its questions and answers come on either.
        command.args(["-c", "exec oidc-gen \"$@\" 2>&1", "oidc-gen", "--manual", "--flow=code"]);
        command.args(["--iss", idp.issuer(), "--client-id", CLIENT, "--client-secret", SECRET]);
        command.args(["--redirect-uri", REDIRECT, "--scope", "openid offline_access"]);
        command.args(["--pw-cmd", "echo pw", "--prompt=none", "--no-url-call", "acme"]);
        let mut generator = command.stdout(Stdio::piped()).spawn()?;
        let mut output = BufReader::new(generator.stdout.take().context("no output")?);
        let mut said = String::new();
        let query = loop {
            let mut line = String::new();
            ensure!(output.read_line(&mut line)? > 0, "no address came: {said}");
            said.push_str(&line);
            if let Some((_, query)) = line.split_once("/authorize?") {
                break query.trim().to_owned();
            }
        };
        let mut visit = Command::new("curl");
        visit.args(["--silent", "--fail", "--location", "--data", "login=alice"]);
        visit.args(["--data-urlencode", &format!("request={query}"), &format!("{}/login", idp.issuer())]);
        ensure!(visit.output().context("no curl")?.status.success(), "the login fails");
        output.read_to_string(&mut said)?;
        ensure!(generator.wait()?.success(), "{said}");
        Ok(())
    }

    fn command(&self, program: &str) -> Command {
        let mut command = surrounded(program, &self.home);
        command.env("OIDC_SOCK", &self.socket);
        command
    }
}

impl Drop for OidcAgent {
    fn drop(&mut self) {
        let _ = Command::new("kill").arg(&self.pid).status();
    }
}

fn surrounded(program: &str, home: &Path) -> Command {
    let mut command = Command::new(program);
    command.env_clear().env("PATH", std::env::var_os("PATH").unwrap_or_default());
    command.env("HOME", home).stdin(Stdio::null());
    command
}
