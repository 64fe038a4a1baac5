//! Several processes of one application over one engine: killed at every point, refreshing at once, hearing of logouts.

mod company;
mod ground;
mod journal;
mod killed;
mod logouts;
mod refreshes;

use steps::report::{Report, Stopped};

use company::Company;
use ground::Ground;

/// On every engine: each by itself.
pub(super) async fn run(report: &mut Report) -> Result<(), Stopped> {
    for engine in ["redis", "postgres", "sqlite"] {
        let _ = on(report, engine).await;
    }
    Ok(())
}

async fn on(report: &mut Report, engine: &str) -> Result<(), Stopped> {
    report.part(&format!("nodes over {engine}"));
    let ground = report.step("the engine starts", Ground::start(engine)).await?;
    killed::run(report, &ground).await?;
    if ground.is_shared() {
        measured(report, &ground).await?;
        journal::run(report, &ground).await?;
    }
    Ok(())
}

/// What takes time, without anybody being killed.
pub(super) async fn measure(report: &mut Report) -> Result<(), Stopped> {
    for engine in ["redis", "postgres"] {
        report.part(&format!("nodes over {engine}, which waits for its disk"));
        let ground = report.step("the engine starts", Ground::start_durable(engine)).await?;
        measured(report, &ground).await?;
    }
    Ok(())
}

async fn measured(report: &mut Report, ground: &Ground) -> Result<(), Stopped> {
    refreshes::run(report, ground).await?;
    logouts::run(report, ground).await
}

/// How often something is done: less for every run than for a measurement.
fn asked_for(variable: &str, usual: usize) -> usize {
    std::env::var(variable).ok().and_then(|number| number.parse().ok()).unwrap_or(usual)
}
