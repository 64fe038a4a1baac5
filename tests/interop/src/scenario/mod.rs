//! What must hold at every provider, and what at one of them.

pub(crate) mod keycloak;
pub(crate) mod native;
pub(crate) mod oidc_provider;

mod api;
mod forgery;
mod logout;
mod outage;
mod refresh;
mod sign_on;
mod silent;

use crate::provider::Provider;
use crate::report::{Report, Stopped};
use crate::stage::Stage;

/// The steps that every provider shares.
async fn common<P: Provider>(report: &mut Report, stage: &mut Stage<P>) -> Result<(), Stopped> {
    let alice = sign_on::one_login_for_both(report, stage).await?;
    refresh::once_when_due(report, stage, &alice).await?;
    logout::of_both(report, stage, &alice).await?;
    logout::refused_unless_genuine(report, stage).await?;
    silent::login(report, stage).await?;
    api::of_a_user(report, stage).await?;
    api::of_services(report, stage).await?;
    outage::new_keys(report, stage).await?;
    outage::provider_down(report, stage).await
}
