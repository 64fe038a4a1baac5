//! The `vestibule` command beside a real browser.

use std::path::Path;

use anyhow::{Context as _, Result, ensure};
use reqwest::Client;
use serde_json::Value;
use url::Url;

use crate::chromium::{Chromium, Person};
use crate::command::{RESULT_PAGE, Shell};
use crate::provider::Provider;
use crate::report::{Report, Stopped};
use crate::scenario::api::issuer;
use crate::stage::Stage;

/// How the dashboard's pages read for somebody who is signed in, and for somebody who has just left.
pub(super) const ACCOUNT: &str = "Your account";
pub(super) const LEFT: &str = "You are signed out";
/// How the providers' pages read after a logout.
const GOODBYE: &str = "Sign-out Success|You are logged out";
const AT_ONCE: usize = 10;
/// Longer than any access token lives here: it must be renewed.
pub(super) const RENEWED: [&str; 3] = ["token", "--min-valid", "24h"];

/// Alice is signed in at the dashboard; the command needs no password of hers.
pub(super) async fn single_sign_on<P: Provider>(
    report: &mut Report,
    stage: &Stage<P>,
    chromium: &Chromium,
) -> Result<(Shell, Person), Stopped> {
    let (shell, alice) = report
        .step("alice signs in at the dashboard in Chromium; the command knows nobody yet", async {
            let shell = Shell::new(P::NAME, stage.provider.issuer())?;
            let alice = chromium.person(&format!("{}-alice", P::NAME), "alice")?;
            let diary = alice.visit(stage.dashboard.url("/me").as_str(), ACCOUNT).await?;
            ensure!(diary.prompts.first().is_some_and(|first| first == "login"), "met {:?}", diary.prompts);
            shell.run(None, &["token"]).await?.expect(3)?;
            Ok((shell, alice))
        })
        .await?;
    report
        .step("`vestibule login` opens the same Chromium: no password is asked for, and she is back", async {
            let arguments = ["login", "--scope", "profile", "--scope", "email"];
            let ended = shell.run(Some((&alice, RESULT_PAGE)), &arguments).await?.expect(0)?;
            ensure!(ended.stdout.is_empty(), "prose among the data: {}", ended.stdout);
            let diary = alice.diary().await?;
            ensure!(!diary.prompts.contains(&"login".to_owned()), "she met {:?}", diary.prompts);
            ensure!(diary.url.starts_with("http://127.0.0.1:"), "the browser is left at {}", diary.url);
            Ok(())
        })
        .await?;
    Ok((shell, alice))
}

/// What the command then says, of whom, and what it leaves on the disk.
pub(super) async fn tokens<P: Provider>(
    report: &mut Report,
    stage: &Stage<P>,
    shell: &Shell,
) -> Result<(), Stopped> {
    let token = report
        .step(
            "`vestibule token` prints what the provider takes; `whoami` and `accounts` tell of alice",
            async {
                let token = print_token(shell, &["token"]).await?;
                let subject = stage.provider.subject_of("alice")?;
                ensure!(user_of(stage, &token).await?["sub"] == subject, "the token is somebody else's");
                let whoami = shell.run(None, &["whoami", "--json"]).await?.expect(0)?.json()?;
                ensure!(whoami["subject"] == subject, "whoami tells {whoami}");
                let accounts = shell.run(None, &["accounts"]).await?.expect(0)?;
                ensure!(accounts.stdout.to_lowercase().contains("alice"), "no alice in: {}", accounts.stdout);
                Ok(token)
            },
        )
        .await?;
    report
        .step("the same token again; a renewed one when it must last longer, with rotation, twice", async {
            ensure!(print_token(shell, &["token"]).await? == token, "a good token was replaced");
            let second = print_token(shell, &RENEWED).await?;
            let third = print_token(shell, &RENEWED).await?;
            ensure!(token != second && second != third, "it was not renewed");
            user_of(stage, &third).await?;
            let found = files_with(&shell.home, third.as_bytes())?;
            ensure!(found.is_empty(), "the token is in plain text in {found:?}");
            Ok(())
        })
        .await
}

/// Alice leaves at the dashboard, in her browser.
pub(super) async fn left_elsewhere<P: Provider>(
    report: &mut Report,
    stage: &Stage<P>,
    shell: &Shell,
    alice: &Person,
) -> Result<(), Stopped> {
    report
        .step("alice logs out at the dashboard: the command's next refresh says so, and forgets her", async {
            shell.run(Some((alice, RESULT_PAGE)), &["login"]).await?.expect(0)?;
            alice.diary().await?;
            shell.run(None, &RENEWED).await?.expect(0)?;
            alice.visit(stage.dashboard.url("/me").as_str(), LEFT).await?;
            shell.run(None, &RENEWED).await?.expect(3)?;
            shell.run(None, &["whoami"]).await?.expect(3)?;
            let accounts = shell.run(None, &["accounts"]).await?.expect(0)?;
            ensure!(!accounts.stdout.to_lowercase().contains("alice"), "still there: {}", accounts.stdout);
            Ok(())
        })
        .await
}

/// Alice's scripts all want a login at the same time.
pub(super) async fn many_at_once(report: &mut Report, shell: &Shell, alice: &Person) -> Result<(), Stopped> {
    report
        .step(
            format!("{AT_ONCE} times `vestibule login` at once: one tab, and all of them are signed in"),
            async {
                let before = alice.visits();
                let all: Result<Vec<_>> =
                    (0..AT_ONCE).map(|_| shell.start(Some((alice, RESULT_PAGE)), &["login"])).collect();
                for child in all? {
                    Shell::end(child).await?.expect(0)?;
                }
                alice.diary().await?;
                let tabs = alice.visits() - before;
                ensure!(tabs == 1, "{tabs} tabs were opened");
                shell.run(None, &["logout"]).await?.expect(0).map(drop)
            },
        )
        .await
}

/// Alice leaves everywhere, from the terminal.
pub(super) async fn left_everywhere<P: Provider>(
    report: &mut Report,
    stage: &Stage<P>,
    shell: &Shell,
    alice: &Person,
) -> Result<(), Stopped> {
    report
        .step("`vestibule logout --browser` ends her session in Chromium too, and the dashboard's", async {
            alice.visit(stage.dashboard.url("/me").as_str(), ACCOUNT).await?;
            shell.run(Some((alice, RESULT_PAGE)), &["login"]).await?.expect(0)?;
            alice.diary().await?;
            let before = stage.logout_tokens(&stage.dashboard).len();
            shell.run(Some((alice, GOODBYE)), &["logout", "--browser"]).await?.expect(0)?;
            let diary = alice.diary().await?;
            ensure!(diary.prompts == ["logout"], "she met {:?}", diary.prompts);
            let heard = stage.logout_tokens(&stage.dashboard).len() - before;
            ensure!(heard == 1, "the dashboard was told {heard} times");
            let diary = alice.visit(stage.dashboard.url("/me").as_str(), ACCOUNT).await?;
            ensure!(diary.prompts.contains(&"login".to_owned()), "she met {:?}", diary.prompts);
            Ok(())
        })
        .await
}

/// Alice leaves in the terminal; her browser stays signed in.
pub(super) async fn left_here(report: &mut Report, shell: &Shell, alice: &Person) -> Result<(), Stopped> {
    report
        .step(
            "she signs in again, and out with `vestibule logout`: withdrawn, while her browser stays in",
            async {
                shell.run(Some((alice, RESULT_PAGE)), &["login"]).await?.expect(0)?;
                alice.diary().await?;
                shell.run(None, &["logout"]).await?.expect(0)?;
                shell.run(None, &["token"]).await?.expect(3)?;
                shell.run(Some((alice, RESULT_PAGE)), &["login"]).await?.expect(0)?;
                let diary = alice.diary().await?;
                ensure!(!diary.prompts.contains(&"login".to_owned()), "she met {:?}", diary.prompts);
                shell.run(None, &["logout"]).await?.expect(0).map(drop)
            },
        )
        .await
}

pub(super) async fn print_token(shell: &Shell, arguments: &[&str]) -> Result<String> {
    let ended = shell.run(None, arguments).await?.expect(0)?;
    let token = ended.stdout.strip_suffix('\n').context("no line of its own")?;
    ensure!(!token.is_empty() && !token.contains(char::is_whitespace), "no token: {token:?}");
    Ok(token.to_owned())
}

/// The provider's claims about whom the token is for.
async fn user_of<P: Provider>(stage: &Stage<P>, token: &str) -> Result<Value> {
    let metadata = issuer(stage)?.metadata().await?;
    let endpoint: &Url = metadata.userinfo_endpoint.as_ref().context("no UserInfo")?;
    let call = Client::builder().no_proxy().build()?.get(endpoint.clone()).bearer_auth(token);
    Ok(call.send().await?.error_for_status()?.json().await?)
}

/// Which files below `folder` have these bytes in them.
fn files_with(folder: &Path, needle: &[u8]) -> Result<Vec<std::path::PathBuf>> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            found.extend(files_with(&path, needle)?);
        } else if path.is_file() && std::fs::read(&path)?.windows(needle.len()).any(|bytes| bytes == needle) {
            found.push(path);
        }
    }
    Ok(found)
}
