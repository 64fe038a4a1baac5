//! A login that begins in a terminal and is finished in a browser elsewhere (RFC 8628).

use std::time::Duration;

use anyhow::{Context as _, Result, bail, ensure};
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::time::{sleep, timeout};
use vestibule_axum::vestibule::{
    Client, DevicePoll, DeviceRequest, DeviceStart, Diagnose as _, Disposition, Error, Login, Native,
    PendingDeviceLogin, RevocableToken,
};

use crate::chromium::{Chromium, Person};
use crate::clients::Terminal;
use crate::command::Shell;
use crate::provider::Provider;
use crate::report::{Report, Stopped};
use crate::scenario::api::issuer;
use crate::stage::Stage;

/// What the providers' last pages say.
const APPROVED: &str = "Sign-in Success|Device Login Successful|The device is in";
const REFUSED: &str = "was interrupted|Device Login Failed|Consent denied";
const DECIDED_WITHIN: Duration = Duration::from_secs(60);

/// Alice approves.
pub(super) async fn approved<P: Provider>(
    report: &mut Report,
    stage: &Stage<P>,
    chromium: &Chromium,
) -> Result<(), Stopped> {
    let (app, mut start) = report
        .step("a terminal asks for a code, and twice in haste whether it was entered: not yet", async {
            let app = issuer(stage)?.native(Terminal::CLIENT_ID);
            let mut start = begin(&app).await?;
            for _ in 0..2 {
                let outcome = app.poll_device_login(&mut start.pending).await?;
                ensure!(matches!(outcome, DevicePoll::Pending), "nobody has approved it");
            }
            Ok((app, start))
        })
        .await?;
    report
        .step("alice follows its link in Chromium and approves: the terminal is logged in as her", async {
            let link = start.verification_uri_complete.as_ref().context("no link with the code in it")?;
            let alice = chromium.person("device-approved", "alice")?;
            let diary = alice.visit(link.as_str(), APPROVED).await?;
            ensure!(diary.prompts.contains(&"login".to_owned()), "she met {:?}", diary.prompts);
            let login = decided(&app, &mut start.pending).await?;
            let subject = stage.provider.subject_of("alice")?;
            ensure!(login.id_token.subject() == subject, "the terminal takes her for somebody else");
            refreshed_then_revoked(&app, &login).await
        })
        .await
}

/// Somebody sent the link on, and bob does not fall for it.
pub(super) async fn refused<P: Provider>(
    report: &mut Report,
    stage: &Stage<P>,
    chromium: &Chromium,
) -> Result<(), Stopped> {
    report
        .step("bob is sent such a link and refuses: the terminal is told, and asks no more", async {
            let app = issuer(stage)?.native(Terminal::CLIENT_ID);
            let mut start = begin(&app).await?;
            let link = start.verification_uri_complete.as_ref().context("no link with the code in it")?;
            let bob = chromium.person("device-refused", "bob")?.who_refuses();
            bob.visit(link.as_str(), REFUSED).await?;
            match decided(&app, &mut start.pending).await {
                Ok(_) => bail!("the terminal is logged in"),
                Err(error) => ensure!(error.code() == "native.device_denied", "it ended with {error}"),
            }
            let after = app.poll_device_login(&mut start.pending).await;
            ensure!(after.is_err_and(|error| error.code() == "native.device_expired"), "the attempt goes on");
            Ok(())
        })
        .await
}

/// Carol has a terminal without a browser, and types what it shows into the browser beside it.
pub(super) async fn typed<P: Provider>(
    report: &mut Report,
    stage: &Stage<P>,
    chromium: &Chromium,
) -> Result<(), Stopped> {
    report
        .step("`vestibule login --device`: carol types the code into Chromium, and is signed in", async {
            let shell = Shell::new(&format!("{}-device", P::NAME), stage.provider.issuer())?;
            sign_in_by_code(&shell, chromium.person(&format!("{}-carol", P::NAME), "carol")?).await?;
            let whoami = shell.run(None, &["whoami", "--json"]).await?.expect(0)?.json()?;
            ensure!(whoami["subject"] == stage.provider.subject_of("carol")?, "whoami tells {whoami}");
            shell.run(None, &["logout"]).await?.expect(0).map(drop)
        })
        .await
}

/// Has the command show a code, and this person type it in.
pub(super) async fn sign_in_by_code(shell: &Shell, person: Person) -> Result<()> {
    let mut login = shell.start(None, &["login", "--device", "--scope", "profile"])?;
    let mut shown = BufReader::new(login.stderr.take().context("no standard error")?).lines();
    let mut line_after = async |before: &str| {
        while let Some(line) = shown.next_line().await? {
            if line.ends_with(before) {
                let line = shown.next_line().await?.context("nothing follows")?;
                return anyhow::Ok(line.trim().to_owned());
            }
        }
        bail!("it does not say `{before}`");
    };
    let (link, code) = (line_after("visit").await?, line_after("code").await?);
    let diary = person.with_code(&code).visit(&link, APPROVED).await?;
    ensure!(diary.prompts.contains(&"code".to_owned()), "no code was asked for: {:?}", diary.prompts);
    let status = timeout(DECIDED_WITHIN, login.wait()).await.context("it goes on waiting")??;
    ensure!(status.success(), "it ended with {status}");
    Ok(())
}

async fn begin(app: &Client<Native>) -> Result<DeviceStart> {
    let request = DeviceRequest::new().scopes(["profile", "email"]).refresh_token();
    Ok(app.begin_device_login(&request).await?)
}

/// Asks as an application does, until the user has decided.
async fn decided(app: &Client<Native>, pending: &mut PendingDeviceLogin) -> Result<Login, Error> {
    let asking = async {
        loop {
            sleep(pending.wait()).await;
            match app.poll_device_login(pending).await {
                Ok(DevicePoll::Done(login)) => return Ok(*login),
                Ok(DevicePoll::Pending) => {}
                Err(error) if error.disposition() == Disposition::Retry => {}
                Err(error) => return Err(error),
            }
        }
    };
    timeout(DECIDED_WITHIN, asking).await.unwrap_or_else(|_| panic!("nobody decided in {DECIDED_WITHIN:?}"))
}

/// A client without a secret may do both, and a revoked login is over.
async fn refreshed_then_revoked(app: &Client<Native>, login: &Login) -> Result<()> {
    let identity = login.id_token.identity();
    let refresh_token = login.tokens.refresh_token.as_ref().context("no refresh token")?;
    let refreshed = app.refresh(refresh_token, identity).await?;
    let tokens = login.tokens.renewed_by(refreshed.tokens);
    let user = app.user_info(&tokens.access_token, identity).await?;
    ensure!(user.subject() == identity.subject(), "UserInfo is about somebody else");
    let refresh_token = tokens.refresh_token.as_ref().context("no refresh token")?;
    app.revoke(RevocableToken::Refresh(refresh_token)).await?;
    match app.refresh(refresh_token, identity).await {
        Ok(_) => bail!("a revoked refresh token was taken"),
        Err(error) => ensure!(error.disposition() == Disposition::Gone, "refused as {error}"),
    }
    Ok(())
}
