//! A real browser without a screen, and the people who use it.

use std::ffi::OsString;
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Context as _, Result, bail};
use serde::Deserialize;
use tokio::process::Command;
use tokio::time::{sleep, timeout};

use crate::npm;
use crate::process::run_to_end;
use crate::provider::PASSWORD;

const SCRIPT: &str = "visit.mjs";
const SOURCES: [(&str, &str); 3] = [
    ("package.json", include_str!("../chromium/package.json")),
    ("package-lock.json", include_str!("../chromium/package-lock.json")),
    (SCRIPT, include_str!("../chromium/visit.mjs")),
];
const PROGRAMS: [&str; 3] = ["chromium", "chromium-browser", "google-chrome"];
const VISITED_WITHIN: Duration = Duration::from_secs(60);
const BETWEEN_TRIES: Duration = Duration::from_millis(50);

/// The program.
#[derive(Debug, Clone)]
pub(crate) struct Chromium {
    program: PathBuf,
    folder: PathBuf,
}

/// Somebody with a browser profile of their own, which remembers where they are signed in.
#[derive(Debug)]
pub(crate) struct Person {
    chromium: Chromium,
    folder: PathBuf,
    user: &'static str,
    consents: bool,
    code: String,
}

/// What a person met on the way to a page.
#[derive(Debug, Deserialize)]
pub(crate) struct Diary {
    /// What was asked of them, in order.
    pub(crate) prompts: Vec<String>,
    /// What the last page says.
    pub(crate) text: String,
    /// Where that page is, without its query.
    pub(crate) url: String,
    error: Option<String>,
}

impl Chromium {
    /// Finds the program, and installs what drives it; also returns the version.
    pub(crate) async fn install() -> Result<(Self, String)> {
        let folder = npm::install("chromium", &SOURCES).await?;
        fs::set_permissions(folder.join(SCRIPT), fs::Permissions::from_mode(0o755))?;
        let path = std::env::var_os("PATH").unwrap_or_default();
        let mut places =
            std::env::split_paths(&path).flat_map(|folder| PROGRAMS.map(|program| folder.join(program)));
        let program = places.find(|place| place.is_file()).context("Chromium is not on PATH")?;
        let version = Command::new(&program).arg("--version").output().await?;
        let version = String::from_utf8_lossy(&version.stdout).trim().to_owned();
        Ok((Self { program, folder }, version))
    }

    /// `user` of the provider, signed in nowhere yet. `name` tells their profile from others.
    pub(crate) fn person(&self, name: &str, user: &'static str) -> Result<Person> {
        let folder = self.folder.join("people").join(name);
        if folder.exists() {
            fs::remove_dir_all(&folder)?;
        }
        fs::create_dir_all(&folder)?;
        Ok(Person { chromium: self.clone(), folder, user, consents: true, code: String::new() })
    }
}

impl Person {
    /// The same, saying no where they are asked whether they agree.
    pub(crate) fn who_refuses(self) -> Self {
        Self { consents: false, ..self }
    }

    /// The same, with this code on a piece of paper.
    pub(crate) fn with_code(self, code: &str) -> Self {
        Self { code: code.to_owned(), ..self }
    }

    /// Opens an address, answers what is asked, and stays until a page reads like `until`.
    pub(crate) async fn visit(&self, url: &str, until: &str) -> Result<Diary> {
        let mut script = Command::new(self.script());
        script.arg(url).envs(self.environment(until));
        run_to_end("chromium", &mut script).await?;
        self.diary().await
    }

    /// What a program needs to open this person's browser where it opens a browser.
    pub(crate) fn environment(&self, until: &str) -> [(&'static str, OsString); 10] {
        [
            ("BROWSER", self.script().into()),
            ("VISIT_PROFILE", self.folder.join("profile").into()),
            ("VISIT_COUNT", self.folder.join("visits").into()),
            ("VISIT_DIARY", self.diary_file().into()),
            ("VISIT_CHROMIUM", self.chromium.program.clone().into()),
            ("VISIT_USER", self.user.into()),
            ("VISIT_PASSWORD", PASSWORD.into()),
            ("VISIT_CONSENTS", if self.consents { "yes" } else { "no" }.into()),
            ("VISIT_CODE", self.code.clone().into()),
            ("VISIT_UNTIL", until.into()),
        ]
    }

    /// What the visit that another program began was like; waits for its end.
    pub(crate) async fn diary(&self) -> Result<Diary> {
        let file = self.diary_file();
        let written = async {
            while !file.exists() {
                sleep(BETWEEN_TRIES).await;
            }
        };
        timeout(VISITED_WITHIN, written).await.context("the browser was not opened, or does not end")?;
        let diary: Diary = serde_json::from_slice(&fs::read(&file)?)?;
        fs::remove_file(&file)?;
        match &diary.error {
            Some(error) => bail!("at {} after {:?}: {error}\n{}", diary.url, diary.prompts, diary.text),
            None => Ok(diary),
        }
    }

    /// How often this person's browser was opened.
    pub(crate) fn visits(&self) -> usize {
        fs::read_to_string(self.folder.join("visits")).unwrap_or_default().lines().count()
    }

    fn script(&self) -> PathBuf {
        self.chromium.folder.join(SCRIPT)
    }

    fn diary_file(&self) -> PathBuf {
        self.folder.join("diary.json")
    }
}
