//! A client secret that the provider does not take.

use anyhow::ensure;
use reqwest::StatusCode;

use crate::browser::Browser;
use crate::process::log_tail;
use crate::provider::Provider as _;
use crate::provider::keycloak::Keycloak;
use crate::report::{Report, Stopped};
use crate::scenario::refresh::{self, LONG, SHORT, short_tokens_end};
use crate::scenario::sign_on::{answer_prompts, me, sign_in, stays_logged_in};
use crate::stage::Stage;

/// Logins fail with the reason in the log; those who are logged in stay so, and all is well with the right secret.
pub(super) async fn changed(report: &mut Report, stage: &Stage<Keycloak>) -> Result<(), Stopped> {
    let (admin, dashboard) = (&stage.provider.admin, &stage.dashboard);
    let grace = report
        .step("the dashboard's secret is changed at the provider; who is logged in stays so", async {
            stage.provider.set_access_token_lifetime(SHORT).await?;
            let grace = Browser::new()?;
            sign_in(&grace, stage, dashboard, "grace").await?;
            admin.set_secret(dashboard, "another secret").await?;
            short_tokens_end().await;
            stays_logged_in(&grace, dashboard).await?;
            Ok(grace)
        })
        .await?;
    report
        .step("a login there is answered 500, and the log tells to check the secret", async {
            let heidi = Browser::new()?;
            let first = heidi.open(dashboard.url("/auth/login?return_to=/me")).await?;
            let (landed, _) = answer_prompts(&heidi, stage, first, "heidi").await?;
            landed.expect(StatusCode::INTERNAL_SERVER_ERROR)?;
            let log = log_tail(dashboard.name);
            let line = log.lines().rfind(|line| line.contains("ERROR")).unwrap_or_default();
            for part in ["token.oauth_error", "unauthorized_client", "check the client id, its secret"] {
                ensure!(line.contains(part), "no `{part}` in the log: {line}");
            }
            ensure!(!log.contains(dashboard.secret), "the log tells the secret");
            Ok(())
        })
        .await?;
    report
        .step("with the right secret back, the one session is refreshed, and logins work", async {
            admin.set_secret(dashboard, dashboard.secret).await?;
            refresh::succeeds(stage, &grace).await?;
            let heidi = Browser::new()?;
            sign_in(&heidi, stage, dashboard, "heidi").await?;
            me(&heidi, stage, dashboard, "heidi").await?;
            stage.provider.set_access_token_lifetime(LONG).await
        })
        .await
}
