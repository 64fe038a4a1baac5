use std::{
    fs,
    io::{BufRead, BufReader},
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    time::Duration,
};

use anyhow::{Context, Result, ensure};
use vestibule_dev_idp::{Application, DevIdp, User};

use crate::clock::wall;

const HOUR: Duration = Duration::from_secs(3600);

/// Less than `vestibule token` hands out.
const NEARLY_OVER: Duration = Duration::from_secs(10);

/// 32 bytes that mean nothing.
const KEY: &str = "zPBCu0ElTPyRQgPMIwERzF0y1Pd0EYPQmKaJDQHhlm4";

/// A provider, and a folder for homes, which is gone when it is dropped.
pub(super) struct Desk {
    pub(super) idp: DevIdp,
    pub(super) folder: PathBuf,
    program: PathBuf,
}

impl Desk {
    pub(super) const CLIENT: &str = "acme-cli";

    pub(super) fn new(program: &Path) -> Result<Self> {
        let folder = std::env::temp_dir().join(format!("vestibule-bench-{}", std::process::id()));
        fs::create_dir_all(&folder)?;
        let idp = DevIdp::builder().user(User::new("alice")).application(application(HOUR)).start()?;
        Ok(Self { idp, folder, program: program.to_owned() })
    }

    /// Signs alice in with a sealed file. Returns how the command is run there.
    pub(super) fn on_files(&self) -> Result<impl Fn(&[&str]) -> Command + use<>> {
        let (home, program) = (self.folder.join("files"), self.program.clone());
        fs::create_dir_all(&home)?;
        let key = home.join("key");
        fs::write(&key, KEY)?;
        fs::set_permissions(&key, fs::Permissions::from_mode(0o600))?;
        self.logged_in(move |arguments| {
            let mut command = Command::new(&program);
            command.args(arguments).arg("--key-file").arg(&key);
            command.env_clear().env("HOME", &home).stdin(Stdio::null());
            command
        })
    }

    /// Signs alice in by this command, which is returned.
    pub(super) fn logged_in<C: Fn(&[&str]) -> Command>(&self, command: C) -> Result<C> {
        let arguments = ["login", "--device", "--issuer", self.idp.issuer(), "--client-id", Self::CLIENT];
        let mut child = command(&arguments).stderr(Stdio::piped()).spawn()?;
        let mut lines = BufReader::new(child.stderr.take().context("no stderr")?).lines();
        let mut said = Vec::new();
        while said.last().is_none_or(|line: &String| line != "and enter the code") {
            said.push(lines.next().with_context(|| format!("no code came: {said:?}"))??);
        }
        let code = lines.next().context("no code came")??;
        self.idp.approve_device(code.trim(), "alice")?;
        said.extend(lines.map_while(Result::ok));
        ensure!(child.wait()?.success(), "{said:?}");
        Ok(command)
    }

    /// Lets the token be due, and has so many processes ask for it at once, so many times. Returns the calls of the token
    /// endpoint, and how long the last process waited at most.
    pub(super) fn expire(
        &self,
        command: impl Fn(&[&str]) -> Command,
        processes: usize,
        times: usize,
    ) -> Result<(u64, Duration)> {
        let (mut calls, mut longest) = (0, Duration::ZERO);
        for _ in 0..times {
            self.idp.register(application(NEARLY_OVER))?;
            let output = command(&["token", "--min-valid", "2h"]).output()?;
            ensure!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
            self.idp.register(application(HOUR))?;

            let (before, start) = (self.idp.requests(), wall());
            let asked: Vec<_> = (0..processes)
                .map(|_| command(&["token"]).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn())
                .collect::<Result<_, _>>()?;
            let mut answers = Vec::new();
            for process in asked {
                let output = process.wait_with_output()?;
                ensure!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
                answers.push(output.stdout);
            }
            longest = longest.max(wall().saturating_sub(start));
            answers.dedup();
            ensure!(answers.len() == 1, "they are given different tokens");
            calls += (self.idp.requests() - before).token;
        }
        Ok((calls, longest))
    }
}

impl Drop for Desk {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.folder);
    }
}

fn application(lifetime: Duration) -> Application {
    Application::native(Desk::CLIENT)
        .redirect_uri("http://127.0.0.1/callback")
        .device_flow(true)
        .access_token_lifetime(lifetime)
}
