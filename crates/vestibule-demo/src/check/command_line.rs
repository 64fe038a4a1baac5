use anyhow::{Result, ensure};
use example_shared::{
    Me,
    testing::{ACCESS_TOKEN_LIFETIME, Browser, ProviderClock},
};
use reqwest::{StatusCode, Url};
use tokio::task::JoinSet;
use vestibule_native::{
    BrowserError, Login, NativeApp, NativeError, SessionState, StorePolicy, vestibule::Provider,
};

use super::{
    report::{Report, Stopped},
    tour::{AT_ONCE, me},
};
use crate::stage::{CLI, Stage};

/// From a login without a prompt to a logout at the dashboard.
pub(super) async fn take(report: &mut Report, stage: &Stage) -> Result<(), Stopped> {
    let Stage { idp, dashboard, .. } = stage;
    let alice = report
        .step("alice signs in at the dashboard once more", async {
            let alice = Browser::new()?;
            let login_page = alice.open(&dashboard.at("/me")).await?;
            alice.sign_in(&login_page, "alice").await?.expect(StatusCode::OK)?;
            Ok(alice)
        })
        .await?;
    let command = report
        .step("a command logs her in by the same browser, without a prompt", async {
            let command = command(stage, &alice)?;
            let before = idp.requests();
            let user = command.login(Login::new().scopes(["profile", "email"]).in_browser()).await?;
            ensure!(user.email() == Some("alice@acme.example"), "it was {}", user.name());
            ensure!((idp.requests() - before).login == 0, "a login page was shown");
            Ok(command)
        })
        .await?;
    report
        .step("its access token opens the dashboard's API, for the same session of hers", async {
            let (here, there) = (api_me(stage, &command).await?, me(&alice, dashboard).await?);
            ensure!(here.sub == there.sub && here.sid == there.sid, "{here:?}, in the browser {there:?}");
            Ok(())
        })
        .await?;
    one_refresh(report, stage, &command).await?;
    report
        .step("alice logs out at the dashboard, and the command is signed out, too", async {
            let page = alice.open(&dashboard.at("/me")).await?.expect(StatusCode::OK)?;
            alice.submit(&page, "/auth/logout").await?.expect(StatusCode::OK)?;
            idp.clock().advance(ACCESS_TOKEN_LIFETIME);
            let state = command.session_state().await?;
            ensure!(matches!(state, SessionState::Gone), "it is {state:?}");
            let left = command.access_token().await;
            ensure!(matches!(left, Err(NativeError::NotSignedIn)), "something of the login is left");
            Ok(())
        })
        .await
}

async fn one_refresh(report: &mut Report, stage: &Stage, command: &NativeApp) -> Result<(), Stopped> {
    let Stage { idp, .. } = stage;
    report
        .step("as long as that is valid, the command calls nobody for it", async {
            let before = idp.requests();
            command.access_token().await?;
            ensure!((idp.requests() - before).back_channel() == 0, "the provider was called");
            Ok(())
        })
        .await?;
    report
        .step("it expires; 20 scripts want one at once, and one refresh serves them all", async {
            idp.clock().advance(ACCESS_TOKEN_LIFETIME);
            let before = idp.requests();
            let mut calls = JoinSet::new();
            for _ in 0..AT_ONCE {
                let command = command.clone();
                calls.spawn(async move { command.access_token().await });
            }
            while let Some(call) = calls.join_next().await {
                call??;
            }
            let calls = (idp.requests() - before).back_channel();
            ensure!(calls == 1, "{calls} calls of the provider");
            api_me(stage, command).await
        })
        .await
        .map(drop)
}

/// A command that opens its pages in this browser, and forgets everything when it ends.
fn command(stage: &Stage, browser: &Browser) -> Result<NativeApp> {
    let clock = ProviderClock::new(stage.idp.clock().clone());
    let provider = Provider::builder(stage.idp.issuer())?.clock(clock).build()?;
    let app = NativeApp::builder(provider.native(CLI)).store(StorePolicy::MemoryOnly);
    Ok(app.browser(Tabs(browser.clone())).build()?)
}

/// The dashboard's `/api/me`, called with the command's access token.
async fn api_me(stage: &Stage, command: &NativeApp) -> Result<Me> {
    let token = command.access_token().await?;
    let api = stage.dashboard.at("/api/me");
    Browser::new()?.call_with_token(&api, token.expose()).await?.expect(StatusCode::OK)?.json()
}

/// New tabs of a browser that somebody is signed in with.
#[derive(Debug)]
struct Tabs(Browser);

impl vestibule_native::Browser for Tabs {
    fn open(&self, url: &Url) -> Result<(), BrowserError> {
        let (browser, url) = (self.0.clone(), url.clone());
        tokio::spawn(async move { browser.open(url.as_str()).await });
        Ok(())
    }
}
