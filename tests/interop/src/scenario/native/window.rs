//! The desktop example, a window beside a real browser.

use std::path::Path;
use std::time::Duration;

use anyhow::ensure;
use tokio::process::Command;

use super::browser::{ACCOUNT, LEFT};
use crate::chromium::Chromium;
use crate::clients::Terminal;
use crate::command::RESULT_PAGE;
use crate::process::{Process, work_folder};
use crate::provider::Provider;
use crate::report::{Report, Stopped};
use crate::screen::Screen;
use crate::stage::Stage;

/// `cargo xtask interop` has built it.
const PROGRAM: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../examples/desktop/target/debug/desktop");
const SOON: Duration = Duration::from_secs(60);

/// Alice is at the dashboard, signs in to the window, and leaves at the dashboard.
pub(super) async fn follows<P: Provider>(
    report: &mut Report,
    stage: &Stage<P>,
    chromium: &Chromium,
) -> Result<(), Stopped> {
    let alice = report
        .step("alice signs in at the dashboard in Chromium", async {
            let alice = chromium.person(&format!("{}-window", P::NAME), "alice")?;
            alice.visit(stage.dashboard.url("/me").as_str(), ACCOUNT).await?;
            Ok(alice)
        })
        .await?;
    let (screen, _running) = report
        .step("the desktop example opens its window on a screen of its own", async {
            let screen = Screen::start().await?;
            let mut command = Command::new(Path::new(PROGRAM));
            command
                .envs(screen.environment())
                .envs(alice.environment(RESULT_PAGE))
                .env("XDG_STATE_HOME", work_folder().join("homes").join("window"))
                .env("ISSUER", stage.provider.issuer().as_str().trim_end_matches('/'))
                .env("CLIENT_ID", Terminal::CLIENT_ID)
                .env("STORE", "memory")
                .env("THEME", "light");
            let running = Process::start("desktop", &mut command)?;
            screen.window("^Acme$").await?;
            Ok((screen, running))
        })
        .await?;
    report
        .step("she presses `Sign in`: no password is asked for, and the window says who she is", async {
            let window = screen.window("Acme").await?;
            window.press(&["Tab", "Return"]).await?;
            let diary = alice.diary().await?;
            ensure!(!diary.prompts.contains(&"login".to_owned()), "she met {:?}", diary.prompts);
            window.is_called("Alice", SOON).await?;
            window.picture("desktop.png").await.map(drop)
        })
        .await?;
    report
        .step("she logs out at the dashboard: the window notices, and says so", async {
            alice.visit(stage.dashboard.url("/me").as_str(), LEFT).await?;
            let window = screen.window("Acme").await?;
            window.is_called("Signed out elsewhere", SOON).await?;
            window.picture("desktop-signed-out.png").await.map(drop)
        })
        .await
}
