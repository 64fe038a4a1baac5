//! What only Keycloak lets us ask for.

mod account;
mod forced_logout;
mod restart;
mod roles;
mod secret;

use super::common;
use crate::provider::keycloak::Keycloak;
use crate::report::{Report, Stopped};
use crate::stage::Stage;

/// The whole run.
pub(crate) async fn run(report: &mut Report) -> Result<(), Stopped> {
    let mut stage = Stage::<Keycloak>::set(report).await?;
    let outcome = act(report, &mut stage).await;
    if outcome.is_err() {
        stage.print_log_tails();
    }
    outcome
}

async fn act(report: &mut Report, stage: &mut Stage<Keycloak>) -> Result<(), Stopped> {
    common(report, stage).await?;
    forced_logout::of_a_user(report, stage).await?;
    forced_logout::of_one_session(report, stage).await?;
    forced_logout::of_the_realm(report, stage).await?;
    forced_logout::of_an_api(report, stage).await?;
    forced_logout::of_an_asking_api(report, stage).await?;
    account::disabled(report, stage).await?;
    roles::in_guards(report, stage).await?;
    secret::changed(report, stage).await?;
    restart::in_between(report, stage).await
}
