//! What every store must do, whatever engine is behind it.

use anyhow::{Result, bail};
use steps::report::{Report, Stopped};
use vestibule_web::conformance::{Subject, promises};

/// The conformance suite, in one step: every broken promise is named.
pub(super) async fn keeps_its_promises(report: &mut Report, subject: &dyn Subject) -> Result<(), Stopped> {
    let title = format!("all {} promises of a store are kept", promises().len());
    report.step(title, all_kept(subject)).await
}

async fn all_kept(subject: &dyn Subject) -> Result<()> {
    let mut broken = Vec::new();
    for promise in promises() {
        if let Err(how) = promise.kept_by(subject).await {
            broken.push(format!("{}: {how}", promise.name));
        }
    }
    if !broken.is_empty() {
        bail!("{} broken\n      {}", broken.len(), broken.join("\n      "));
    }
    Ok(())
}
