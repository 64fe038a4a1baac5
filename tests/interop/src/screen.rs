//! A screen that nobody sees, and the hands before it.

use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use tokio::process::Command;
use tokio::time::{sleep, timeout};

use crate::process::{Process, work_folder};

const BETWEEN_LOOKS: Duration = Duration::from_millis(100);

/// An X server of its own. A drop ends it.
#[derive(Debug)]
pub(crate) struct Screen {
    display: String,
    _server: Process,
}

/// A window on it.
#[derive(Debug)]
pub(crate) struct Window<'a> {
    screen: &'a Screen,
    id: String,
}

impl Screen {
    /// Starts it where no other screen is.
    pub(crate) async fn start() -> Result<Self> {
        let mut command = Command::new("Xvfb");
        command.args(["-displayfd", "1", "-screen", "0", "420x600x24", "-nolisten", "tcp"]);
        let (server, number) = Process::start_until("xvfb", &mut command, "").await?;
        Ok(Self { display: format!(":{number}"), _server: server })
    }

    /// What a program needs to show its window here.
    pub(crate) fn environment(&self) -> [(&'static str, &str); 3] {
        [("DISPLAY", &self.display), ("WAYLAND_DISPLAY", ""), ("LIBGL_ALWAYS_SOFTWARE", "1")]
    }

    /// The window with this title, once it is there; it gets the focus.
    pub(crate) async fn window(&self, title: &str) -> Result<Window<'_>> {
        let search = ["search", "--sync", "--onlyvisible", "--name", title];
        let found = timeout(Duration::from_secs(30), self.run("xdotool", &search))
            .await
            .context("no window opens")??;
        let id = found.lines().next().context("no window")?.to_owned();
        self.run("xdotool", &["windowfocus", "--sync", &id]).await?;
        Ok(Window { screen: self, id })
    }

    async fn run(&self, program: &str, arguments: &[&str]) -> Result<String> {
        let output = Command::new(program)
            .args(arguments)
            .envs(self.environment())
            .kill_on_drop(true)
            .output()
            .await
            .with_context(|| format!("cannot start {program}"))?;
        let said = String::from_utf8_lossy(&output.stderr);
        ensure!(output.status.success(), "{program} {} failed: {said}", arguments.join(" "));
        Ok(String::from_utf8(output.stdout)?)
    }
}

impl Window<'_> {
    /// Presses keys, one after the other.
    pub(crate) async fn press(&self, keys: &[&str]) -> Result<()> {
        for key in keys {
            self.screen.run("xdotool", &["key", "--delay", "100", key]).await?;
        }
        Ok(())
    }

    /// Waits until its title begins like this.
    pub(crate) async fn is_called(&self, title: &str, within: Duration) -> Result<()> {
        let mut last = String::new();
        let looking = async {
            loop {
                last = self.screen.run("xdotool", &["getwindowname", &self.id]).await?;
                if last.starts_with(title) {
                    return anyhow::Ok(());
                }
                sleep(BETWEEN_LOOKS).await;
            }
        };
        let found = timeout(within, looking).await;
        found.with_context(|| format!("the window is called {last:?}, not {title:?}"))?
    }

    /// Keeps a picture of the screen in the work folder.
    pub(crate) async fn picture(&self, name: &str) -> Result<PathBuf> {
        // The frame that the title came with may still be on its way.
        sleep(Duration::from_millis(500)).await;
        let file = work_folder().join(name);
        let path = file.to_str().context("a strange folder")?;
        self.screen.run("import", &["-window", "root", path]).await?;
        Ok(file)
    }
}
