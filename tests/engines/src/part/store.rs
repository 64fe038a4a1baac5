//! What every store must do, whatever engine is behind it.

use std::time::Duration;

use anyhow::{Result, anyhow, bail};
use steps::report::{Report, Stopped};
use vestibule_web::conformance::{
    NoHand, Promise, Subject,
    model::{agrees, any_seed, withstands},
    promises,
};

/// How many tasks' steps are taken at once, in how many rounds.
const AT_ONCE: (u64, usize) = (4, 800);

/// The promises, the invariants of the session model, and `steps` random steps beside the model.
pub(super) async fn examine(report: &mut Report, subject: &dyn Subject, steps: usize) -> Result<(), Stopped> {
    let (invariants, others): (Vec<_>, Vec<_>) =
        promises().into_iter().partition(|promise| promise.name.starts_with("invariant_"));
    let promises = report.step(format!("{} promises are kept", others.len()), all(&others, subject)).await;
    for invariant in &invariants {
        if let Err(NoHand(why)) = applies(invariant, subject).await {
            println!("  – {}: {why}", invariant.name.replace('_', " "));
            continue;
        }
        let _ = report.step(invariant.name.replace('_', " "), one(invariant, subject)).await;
    }
    let _ = model(report, subject, any_seed(), steps).await;
    promises
}

/// Random steps beside the model, and as many at once.
pub(super) async fn model(
    report: &mut Report,
    subject: &dyn Subject,
    seed: u64,
    steps: usize,
) -> Result<(), Stopped> {
    let title = format!("{steps} random steps at three nodes as the model has it (seed {seed})");
    let agreed = async { agrees(subject, seed, steps).await.map_err(|how| anyhow!("{how}")) };
    let agreed = report.step(title, agreed).await;
    let (rounds, steps) = AT_ONCE;
    let title = format!("{rounds} times {steps} steps of eight tasks at once, and no harm done");
    let unharmed = async {
        for round in 0..rounds {
            let seed = seed.wrapping_add(round);
            withstands(subject, seed, steps).await.map_err(|harm| anyhow!("seed {seed}: {harm}"))?;
        }
        Ok(())
    };
    report.step(title, unharmed).await?;
    agreed
}

/// Whether the subject has the hand that the invariant needs.
async fn applies(invariant: &Promise, subject: &dyn Subject) -> Result<(), NoHand> {
    subject.fresh().await;
    match invariant.name.get(..12) {
        Some("invariant_04") => subject.wipe_indexes().await,
        Some("invariant_08") => subject.lose_everything().await,
        Some("invariant_09") => subject.step_back(Duration::from_millis(1)).await,
        Some("invariant_11") => subject.operations().await.map(drop),
        _ => Ok(()),
    }
}

async fn one(promise: &Promise, subject: &dyn Subject) -> Result<()> {
    Ok(promise.kept_by(subject).await?)
}

/// In one step: every broken promise is named.
async fn all(promises: &[Promise], subject: &dyn Subject) -> Result<()> {
    let mut broken = Vec::new();
    for promise in promises {
        if let Err(how) = promise.kept_by(subject).await {
            broken.push(format!("{}: {how}", promise.name));
        }
    }
    if !broken.is_empty() {
        bail!("{} broken\n      {}", broken.len(), broken.join("\n      "));
    }
    Ok(())
}
