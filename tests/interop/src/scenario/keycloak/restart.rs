//! A provider that is started again, and remembers.

use crate::provider::Provider as _;
use crate::provider::keycloak::Keycloak;
use crate::report::{Report, Stopped};
use crate::scenario::refresh::{self, SHORT, short_tokens_end};
use crate::scenario::sign_on::{at_both, refused, stays_logged_in};
use crate::stage::Stage;

/// Sessions outlive a restart of the provider, at both ends.
pub(super) async fn in_between(report: &mut Report, stage: &mut Stage<Keycloak>) -> Result<(), Stopped> {
    let alice = report
        .step("the provider is down when alice's token ends: she stays logged in at both", async {
            stage.provider.set_access_token_lifetime(SHORT).await?;
            let alice = at_both(stage, "alice").await?;
            stage.provider.stop().await?;
            short_tokens_end().await;
            stays_logged_in(&alice, &stage.dashboard).await?;
            stays_logged_in(&alice, &stage.docs_portal).await?;
            Ok(alice)
        })
        .await?;
    report
        .step("it is back: her token is refreshed, and an administrator's logout still reaches both", async {
            stage.provider.start_again().await?;
            refresh::succeeds(stage, &alice).await?;
            stage.provider.admin.log_out(stage.provider.subject_of("alice")?).await?;
            refused(&alice, &stage.dashboard).await?;
            refused(&alice, &stage.docs_portal).await
        })
        .await
}
