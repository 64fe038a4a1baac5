//! A user who may no longer log in.

use anyhow::ensure;
use reqwest::StatusCode;

use crate::provider::Provider as _;
use crate::provider::keycloak::Keycloak;
use crate::report::{Report, Stopped};
use crate::scenario::refresh::{LONG, SHORT, short_tokens_end};
use crate::scenario::sign_on::{at_both, refused};
use crate::stage::Stage;

/// An account is disabled: its sessions end at the next refresh, and stay ended.
pub(super) async fn disabled(report: &mut Report, stage: &Stage<Keycloak>) -> Result<(), Stopped> {
    report
        .step("heidi's account is disabled: the next refresh ends her sessions, for good", async {
            let (admin, heidi_id) = (&stage.provider.admin, stage.provider.subject_of("heidi")?);
            stage.provider.set_access_token_lifetime(SHORT).await?;
            let heidi = at_both(stage, "heidi").await?;
            admin.enable(heidi_id, false).await?;
            short_tokens_end().await;
            for application in [&stage.dashboard, &stage.docs_portal] {
                let answer = heidi.call(application.url("/api/me")).await?;
                let problem = answer.expect_problem(StatusCode::UNAUTHORIZED)?.json()?;
                ensure!(problem["code"] == "refresh.revoked", "the problem is {}", problem["code"]);
            }
            admin.enable(heidi_id, true).await?;
            refused(&heidi, &stage.dashboard).await?;
            refused(&heidi, &stage.docs_portal).await?;
            stage.provider.set_access_token_lifetime(LONG).await
        })
        .await
}
