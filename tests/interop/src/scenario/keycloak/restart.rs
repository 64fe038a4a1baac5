//! A provider that is started again, and remembers.

use crate::provider::Provider as _;
use crate::provider::keycloak::Keycloak;
use crate::report::{Report, Stopped};
use crate::scenario::refresh::{self, DUE_LATER};
use crate::scenario::sign_on::{at_both, me, refused};
use crate::stage::Stage;

/// Sessions outlive a restart of the provider, at both ends.
pub(super) async fn in_between(report: &mut Report, stage: &mut Stage<Keycloak>) -> Result<(), Stopped> {
    let alice = report
        .step("the provider is down: alice, whose token lives, stays logged in at both", async {
            stage.provider.set_access_token_lifetime(DUE_LATER).await?;
            let alice = at_both(stage, "alice").await?;
            stage.provider.stop().await?;
            me(&alice, stage, &stage.dashboard, "alice").await?;
            me(&alice, stage, &stage.docs_portal, "alice").await?;
            Ok(alice)
        })
        .await?;
    report
        .step("it is back: her token is refreshed, and an administrator's logout still reaches both", async {
            stage.provider.start_again().await?;
            refresh::happens(stage, &alice, "alice").await?;
            stage.provider.admin.log_out(stage.provider.subject_of("alice")?).await?;
            refused(&alice, &stage.dashboard).await?;
            refused(&alice, &stage.docs_portal).await
        })
        .await
}
