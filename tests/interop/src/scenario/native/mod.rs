//! Native applications: in a terminal, with a real browser beside it.

mod browser;
mod demo;
mod device;
mod window;

use crate::chromium::Chromium;
use crate::provider::Provider;
use crate::provider::keycloak::Keycloak;
use crate::provider::oidc_provider::OidcProvider;
use crate::report::{Report, Stopped};
use crate::stage::Stage;

/// The whole run.
pub(crate) async fn run(report: &mut Report) -> Result<(), Stopped> {
    report.part("native applications");
    let (chromium, version) = report.step("Chromium and its driver are there", Chromium::install()).await?;
    println!("    {version}");
    let demo = demo::tour(report, &chromium).await;
    let small = at::<OidcProvider>(report, &chromium).await;
    let large = at::<Keycloak>(report, &chromium).await;
    demo.and(small).and(large)
}

/// What must hold at every provider.
async fn at<P: Provider>(report: &mut Report, chromium: &Chromium) -> Result<(), Stopped> {
    let stage = Stage::<P>::set(report).await?;
    let outcome = act(report, &stage, chromium).await;
    if outcome.is_err() {
        stage.print_log_tails();
    }
    outcome
}

async fn act<P: Provider>(report: &mut Report, stage: &Stage<P>, chromium: &Chromium) -> Result<(), Stopped> {
    device::approved(report, stage, chromium).await?;
    device::refused(report, stage, chromium).await?;
    device::typed(report, stage, chromium).await?;
    let (shell, alice) = browser::single_sign_on(report, stage, chromium).await?;
    browser::tokens(report, stage, &shell).await?;
    browser::left_here(report, &shell, &alice).await?;
    browser::many_at_once(report, &shell, &alice).await?;
    browser::left_everywhere(report, stage, &shell, &alice).await?;
    if P::ENDS_NATIVE_LOGINS {
        browser::left_elsewhere(report, stage, &shell, &alice).await?;
        window::follows(report, stage, chromium).await?;
    }
    Ok(())
}
