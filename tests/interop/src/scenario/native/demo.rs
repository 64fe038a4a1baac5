//! The demo, as somebody tries it who has just cloned the repository.

use anyhow::{Context as _, Result, ensure};
use reqwest::Client;
use serde_json::Value;
use tokio::process::Command;
use url::Url;

use super::browser::{ACCOUNT, LEFT, RENEWED, print_token};
use super::device::sign_in_by_code;
use crate::chromium::Chromium;
use crate::command::{RESULT_PAGE, Shell};
use crate::process::{Process, build_folder, log_tail};
use crate::report::{Report, Stopped};

const NAME: &str = "vestibule-demo";

/// The demo, running. A drop kills it.
#[derive(Debug)]
struct Demo {
    provider: Url,
    dashboard: Url,
    _process: Process,
}

/// What its banner says.
pub(super) async fn tour(report: &mut Report, chromium: &Chromium) -> Result<(), Stopped> {
    report.part("demo");
    let demo = report.step("it starts, and tells where everything is", Demo::start()).await?;
    let (shell, alice) = report
        .step("alice signs in at the dashboard in Chromium, then with the command: nothing is asked", async {
            let shell = Shell::new("demo", &demo.provider)?;
            let alice = chromium.person("demo-alice", "alice")?;
            let diary = alice.visit(demo.dashboard.join("/me")?.as_str(), ACCOUNT).await?;
            ensure!(diary.prompts == ["login"], "she met {:?}", diary.prompts);
            shell.run(Some((&alice, RESULT_PAGE)), &["login"]).await?.expect(0)?;
            let diary = alice.diary().await?;
            ensure!(diary.prompts.is_empty(), "she met {:?}", diary.prompts);
            Ok((shell, alice))
        })
        .await?;
    report
        .step("the dashboard's API answers `vestibule token`, and a renewed one", async {
            for arguments in [&["token"][..], &RENEWED] {
                let token = print_token(&shell, arguments).await?;
                let api = Client::builder().no_proxy().build()?.get(demo.dashboard.join("/api/me")?);
                let answer: Value = api.bearer_auth(token).send().await?.error_for_status()?.json().await?;
                ensure!(answer["sub"].is_string(), "the API tells {answer}");
            }
            Ok(())
        })
        .await?;
    report
        .step("she logs out at the dashboard: the command is out, too", async {
            alice.visit(demo.dashboard.join("/me")?.as_str(), LEFT).await?;
            shell.run(None, &RENEWED).await?.expect(3)?;
            shell.run(None, &["whoami"]).await?.expect(3).map(drop)
        })
        .await?;
    report
        .step("bob types the code of `vestibule login --device` into Chromium, and is signed in", async {
            sign_in_by_code(&shell, chromium.person("demo-bob", "bob")?).await?;
            let whoami = shell.run(None, &["whoami"]).await?.expect(0)?;
            ensure!(whoami.stdout.to_lowercase().contains("bob"), "whoami tells {}", whoami.stdout);
            shell.run(None, &["logout"]).await?.expect(0).map(drop)
        })
        .await
}

impl Demo {
    async fn start() -> Result<Self> {
        let mut command = Command::new(build_folder().join(NAME));
        let (process, provider) = Process::start_until(NAME, &mut command, "    provider").await?;
        let banner = log_tail(NAME);
        let dashboard = banner.lines().find_map(|line| line.strip_prefix("    dashboard"));
        Ok(Self {
            provider: address(&provider)?,
            dashboard: address(dashboard.context("it does not tell of its dashboard")?)?,
            _process: process,
        })
    }
}

fn address(text: &str) -> Result<Url> {
    Ok(Url::parse(text.split_whitespace().next().unwrap_or_default())?)
}
