//! The tour, taken by a browser without a screen.

mod command_line;
mod nodes;
mod report;
mod tour;

use std::process::ExitCode;

use vestibule_dev_idp::Clock;

use crate::{
    arguments::Cast,
    paint::Paint,
    stage::{ANY_PORTS, Stage},
};
use report::{Report, Stopped};

/// Takes the tour, and prints a line for each step.
pub(crate) async fn run(cast: &Cast) -> ExitCode {
    let mut report = Report::new(Paint::for_stdout());
    if let Ok(stage) = report.step(&title(cast), Stage::set(cast, &Clock::system(), ANY_PORTS)).await {
        let mut events = stage.idp.events();
        let outcome = take(&mut report, &stage).await;
        if outcome.is_err() {
            report.tell_events(&mut events);
        }
        stage.clear().await;
    }
    report.close()
}

async fn take(report: &mut Report, stage: &Stage) -> Result<(), Stopped> {
    tour::take(report, stage).await?;
    command_line::take(report, stage).await?;
    if stage.dashboard.nodes.len() > 1 { nodes::take(report, stage).await } else { Ok(()) }
}

fn title(cast: &Cast) -> String {
    match cast.nodes {
        1 => "a provider, a dashboard and a docs portal start".to_owned(),
        nodes => format!("a provider, {nodes} nodes of a dashboard and {nodes} of a docs portal start"),
    }
}
