//! Roles of the realm and of a client, in guards.

use anyhow::ensure;
use reqwest::StatusCode;

use crate::browser::Browser;
use crate::provider::Provider as _;
use crate::provider::keycloak::Keycloak;
use crate::report::{Report, Stopped};
use crate::scenario::api::{at_probe, token_of};
use crate::scenario::refresh::{LONG, SHORT, short_tokens_end};
use crate::stage::Stage;

/// Who has a role gets in, by session or by access token; nobody else does, nor whoever has lost it.
pub(super) async fn in_guards(report: &mut Report, stage: &Stage<Keycloak>) -> Result<(), Stopped> {
    report
        .step(
            "alice, who has them, passes a guard by a role of the realm, and one by a role of a client",
            async {
                let alice = Browser::new()?;
                at_probe(&alice, stage, "alice").await?;
                let (staff, billing) = (stage.probe.url("/staff")?, stage.probe.url("/billing")?);
                alice.open(staff).await?.expect(StatusCode::OK)?;
                alice.open(billing.clone()).await?.expect(StatusCode::OK)?;
                let token = token_of(&alice, stage).await?;
                Browser::new()?.call_with(billing, Some(&token)).await?.expect(StatusCode::OK)
            },
        )
        .await?;
    report
        .step("bob, who has neither, is answered 403 guard.forbidden, and 403 for his access token", async {
            let bob = Browser::new()?;
            at_probe(&bob, stage, "bob").await?;
            for path in ["/staff", "/billing"] {
                let problem =
                    bob.call(stage.probe.url(path)?).await?.expect_problem(StatusCode::FORBIDDEN)?;
                let code = &problem.json()?["code"];
                ensure!(code == "guard.forbidden", "the code is {code}");
            }
            let token = token_of(&bob, stage).await?;
            let answer = Browser::new()?.call_with(stage.probe.url("/billing")?, Some(&token)).await?;
            answer.expect(StatusCode::FORBIDDEN)
        })
        .await?;
    report
        .step(
            "the role of the realm is taken from alice: the next refresh takes it from her session",
            async {
                stage.provider.set_access_token_lifetime(SHORT).await?;
                let alice = Browser::new()?;
                at_probe(&alice, stage, "alice").await?;
                alice.call(stage.probe.url("/staff")?).await?.expect(StatusCode::OK)?;
                let (admin, alice_id) = (&stage.provider.admin, stage.provider.subject_of("alice")?);
                admin.take_role(alice_id, "staff").await?;
                short_tokens_end().await;
                token_of(&alice, stage).await?;
                alice.call(stage.probe.url("/staff")?).await?.expect(StatusCode::FORBIDDEN)?;
                alice.call(stage.probe.url("/billing")?).await?.expect(StatusCode::OK)?;
                stage.provider.set_access_token_lifetime(LONG).await
            },
        )
        .await
}
